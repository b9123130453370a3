// Base64 of UTF-8 text without a platform's help (kinds/ runs everywhere): Secrets take `stringData` and keep `data`.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    // Lone surrogates become U+FFFD, as encoders do.
    const raw = character.codePointAt(0) ?? 0;
    const code = raw >= 0xd800 && raw <= 0xdfff ? 0xfffd : raw;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

export function encodeBase64(text: string): string {
  const bytes = utf8(text);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    parts.push(
      ALPHABET.charAt(word >> 18) +
        ALPHABET.charAt((word >> 12) & 63) +
        (b === undefined ? "=" : ALPHABET.charAt((word >> 6) & 63)) +
        (c === undefined ? "=" : ALPHABET.charAt(word & 63)),
    );
  }
  return parts.join("");
}

/** The text that base64 stands for, each byte as one character (enough to parse JSON); undefined when it is no base64. */
export function decodeBase64(text: string): string | undefined {
  const clean = text.replace(/[\r\n]/g, "").replace(/=+$/, "");
  let word = 0;
  let bits = 0;
  const characters: string[] = [];
  for (const character of clean) {
    const value = VALUES.get(character);
    if (value === undefined) return undefined;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      characters.push(String.fromCharCode((word >> bits) & 0xff));
    }
  }
  return characters.join("");
}
