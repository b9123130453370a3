// An OpenAPI v2 document in the protobuf form that Go clients ask for (gnostic-models openapiv2/OpenAPIv2.proto; numbers are its fields'). Holds
// what openapiv2.ts writes and nothing more; throws on a word that it would have to drop.
import type { OpenapiV2 } from "./openapiv2.ts";

type Doc = Record<string, unknown>;
type Bytes = readonly Uint8Array[];

const DOCUMENT = { swagger: 1, info: 2, paths: 8, definitions: 9, security: 12, securityDefinitions: 13 };
const SCHEMA = {
  $ref: 1,
  format: 2,
  description: 4,
  required: 19,
  enum: 20,
  additionalProperties: 21,
  type: 22,
  items: 23,
  properties: 25,
  extension: 31,
};

const utf8 = new TextEncoder();

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.of(...bytes, rest);
    bytes.push((rest % 128) + 128);
  }
}

const size = (bytes: Bytes): number => bytes.reduce((sum, part) => sum + part.length, 0);

/** A length-delimited field: strings and messages alike. */
function field(number: number, content: string | Bytes): Bytes {
  const bytes = typeof content === "string" ? [utf8.encode(content)] : content;
  return [varint(number * 8 + 2), varint(size(bytes)), ...bytes];
}

const named = (name: string, value: Bytes): Bytes => [...field(1, name), ...field(2, value)];
/** `Any` is kept as YAML, which JSON is. */
const any = (value: unknown): Bytes => field(2, JSON.stringify(value));
const schemas = (all: Readonly<Record<string, Doc>>): Bytes =>
  Object.entries(all).flatMap(([name, doc]) => field(1, named(name, schema(doc))));

function schema(doc: Doc): Bytes {
  return Object.entries(doc).flatMap(([word, value]): Bytes => {
    switch (word) {
      case "$ref":
      case "format":
      case "description":
        return field(SCHEMA[word], value as string);
      case "type":
        return field(SCHEMA.type, field(1, value as string));
      case "required":
        return (value as string[]).flatMap((name) => field(SCHEMA.required, name));
      case "enum":
        return (value as unknown[]).flatMap((one) => field(SCHEMA.enum, any(one)));
      case "items":
      case "additionalProperties":
        return field(SCHEMA[word], field(1, schema(value as Doc)));
      case "properties":
        return field(SCHEMA.properties, schemas(value as Record<string, Doc>));
      default:
        if (word.startsWith("x-")) return field(SCHEMA.extension, named(word, any(value)));
        throw new Error(`OpenAPI v2 in protobuf: no field for ${word}`);
    }
  });
}

export function gnostic(document: OpenapiV2): Uint8Array<ArrayBuffer> {
  const { info, security, securityDefinitions } = document;
  // SecurityDefinitionsItem holds an apiKey security as its second choice.
  const key = (doc: Doc): Bytes =>
    field(
      2,
      ["type", "name", "in", "description"].flatMap((word, at) => field(at + 1, doc[word] as string)),
    );
  const parts = [
    field(DOCUMENT.swagger, document.swagger),
    field(DOCUMENT.info, [...field(1, info.title), ...field(2, info.version)]),
    field(DOCUMENT.paths, []),
    field(DOCUMENT.definitions, schemas(document.definitions)),
    ...security.map((one) =>
      field(
        DOCUMENT.security,
        Object.keys(one).flatMap((name) => field(1, named(name, []))),
      ),
    ),
    field(
      DOCUMENT.securityDefinitions,
      Object.entries(securityDefinitions).flatMap(([name, doc]) => field(1, named(name, key(doc as Doc)))),
    ),
  ].flat();
  const bytes = new Uint8Array(size(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
