// Standard base64 without a platform: what []byte fields look like in JSON. Errors as Go's encoding/base64 words them.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function encodeBase64(bytes: Uint8Array): string {
  let out = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const word = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    out += ALPHABET[word >> 18]! + ALPHABET[(word >> 12) & 63]!;
    out += index + 1 < bytes.length ? ALPHABET[(word >> 6) & 63]! : "=";
    out += index + 2 < bytes.length ? ALPHABET[word & 63]! : "=";
  }
  return out;
}

const CLEAN = /^[A-Za-z0-9+/]*={0,2}$/;

export type CheckedBase64 = { ok: true; text: string } | { ok: false; message: string };

/** The text as Go would write the decoded bytes again: no line breaks, unused bits zero. */
export function canonicalBase64(text: string): CheckedBase64 {
  if (text.length % 4 !== 0 || !CLEAN.test(text)) {
    const at = firstIllegal(text);
    if (at !== undefined) return { ok: false, message: `illegal base64 data at input byte ${at}` };
    text = text.replace(/[\r\n]/g, "");
  }
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (padding === 0) return { ok: true, text };
  const last = text.length - padding - 1;
  const keep = padding === 2 ? 0b110000 : 0b111100;
  return {
    ok: true,
    text: text.slice(0, last) + ALPHABET[ALPHABET.indexOf(text[last]!) & keep]! + "=".repeat(padding),
  };
}

function skipBreaks(text: string, index: number): number {
  while (text[index] === "\r" || text[index] === "\n") index++;
  return index;
}

// Go reports the byte it stumbled over, or for a text that ends too early the start of the last group of four.
function firstIllegal(text: string): number | undefined {
  let inGroup = 0;
  for (let index = skipBreaks(text, 0); index < text.length; index = skipBreaks(text, index + 1)) {
    const char = text[index]!;
    if (char === "=") {
      if (inGroup < 2) return index;
      let next = skipBreaks(text, index + 1);
      if (inGroup === 2) {
        if (next === text.length) return next;
        if (text[next] !== "=") return next - 1;
        next = skipBreaks(text, next + 1);
      }
      return next < text.length ? next : undefined;
    }
    if (!ALPHABET.includes(char)) return index;
    inGroup = (inGroup + 1) % 4;
  }
  return inGroup === 0 ? undefined : text.length - inGroup;
}

/** Of a text that encodeBase64 wrote. */
export function decodeBase64(text: string): Uint8Array {
  const length = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
  const bytes = new Uint8Array(length);
  for (let index = 0, at = 0; index < text.length; index += 4) {
    let word = 0;
    for (let offset = 0; offset < 4; offset++)
      word = (word << 6) | Math.max(0, ALPHABET.indexOf(text[index + offset]!));
    for (let shift = 16; shift >= 0 && at < length; shift -= 8) bytes[at++] = (word >> shift) & 0xff;
  }
  return bytes;
}
