// Protobuf fields of gnostic's messages (gnostic-models openapiv2, openapiv3), in which Go clients ask for OpenAPI documents.

export type Bytes = readonly Uint8Array[];

const utf8 = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

function size(bytes: Bytes): number {
  let sum = 0;
  for (const part of bytes) sum += part.length;
  return sum;
}

/** A length-delimited field: strings and messages alike. */
export function field(number: number, content: string | Bytes): Bytes {
  const bytes = typeof content === "string" ? [utf8.encode(content)] : content;
  return [Uint8Array.from([...varint(number * 8 + 2), ...varint(size(bytes))]), ...bytes];
}

/** False is not written, as in all of proto3. */
export function flag(number: number, value: unknown): Bytes {
  return value === true ? [Uint8Array.from([...varint(number * 8), 1])] : [];
}

export function double(number: number, value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [Uint8Array.from(varint(number * 8 + 1)), bytes];
}

export function strings(number: number, values: unknown): Bytes {
  return ((values ?? []) as string[]).flatMap((value) => field(number, value));
}

/** Nothing for a word that the document does not say. */
export function optional(number: number, value: unknown): Bytes {
  return value === undefined ? [] : field(number, value as string);
}

function named(name: string, value: Bytes): Bytes {
  return [...field(1, name), ...field(2, value)];
}

/** The messages of a map: each is a name and a value. */
export function entries<T>(number: number, map: unknown, write: (value: T) => Bytes): Bytes {
  return Object.entries((map ?? {}) as Record<string, T>).flatMap(([name, value]) =>
    field(number, named(name, write(value))),
  );
}

/** `Any` is kept as YAML, which JSON is. */
export function any(value: unknown): Bytes {
  return field(2, `${JSON.stringify(value)}\n`);
}

/** Words that begin with x-. */
export function extensions(number: number, doc: Readonly<Record<string, unknown>>): Bytes {
  return Object.entries(doc)
    .filter(([word]) => word.startsWith("x-"))
    .flatMap(([word, value]) => field(number, named(word, any(value))));
}

/** @throws where a document says what its writer would drop. */
export function checkWords(doc: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): void {
  for (const word of Object.keys(doc))
    if (!known.has(word) && !word.startsWith("x-")) throw new Error(`OpenAPI in protobuf: no field for ${word}`);
}

export function join(parts: Bytes): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
