// An OpenAPI v3 document in protobuf (gnostic-models openapiv3/OpenAPIv3.proto; numbers are its fields'). Holds what openapi.ts writes and
// nothing more; throws on a word that it would have to drop.
import {
  any,
  type Bytes,
  checkWords,
  double,
  entries,
  extensions,
  field,
  flag,
  join,
  optional,
  strings,
} from "./fields.ts";

type Doc = Readonly<Record<string, unknown>>;

const METHODS = { get: 4, put: 5, post: 6, delete: 7, options: 8, head: 9, patch: 10 } as const;
const SCHEMA = new Set(
  [
    "uniqueItems",
    "required",
    "enum",
    "type",
    "allOf",
    "oneOf",
    "anyOf",
    "items",
    "properties",
    "additionalProperties",
  ].concat(["default", "description", "format"]),
);
const OPERATION = new Set(["tags", "description", "operationId", "parameters", "requestBody", "responses"]);

const all = (number: number, docs: unknown): Bytes =>
  ((docs ?? []) as Doc[]).flatMap((doc) => field(number, schema(doc)));

/** Objects have no place in DefaultType: they are left out, as upstream's own do. */
function defaultOf(value: unknown): Bytes {
  if (typeof value === "number") return double(1, value);
  if (typeof value === "boolean") return [Uint8Array.of(16, value ? 1 : 0)];
  return typeof value === "string" ? field(3, value) : [];
}

/** SchemaOrReference. */
function schema(doc: Doc): Bytes {
  if (doc.$ref !== undefined) return field(2, field(1, doc.$ref as string));
  checkWords(doc, SCHEMA);
  const { items, properties, additionalProperties } = doc;
  return field(1, [
    ...flag(20, doc.uniqueItems),
    ...strings(23, doc.required),
    ...((doc.enum ?? []) as unknown[]).flatMap((one) => field(24, any(one))),
    ...optional(25, doc.type),
    ...all(26, doc.allOf),
    ...all(27, doc.oneOf),
    ...all(28, doc.anyOf),
    ...(items === undefined ? [] : field(30, field(1, schema(items as Doc)))),
    ...(properties === undefined ? [] : field(31, entries(1, properties, schema))),
    ...(additionalProperties === undefined ? [] : field(32, field(1, schema(additionalProperties as Doc)))),
    ...(doc.default === undefined ? [] : field(33, defaultOf(doc.default))),
    ...optional(34, doc.description),
    ...optional(35, doc.format),
    ...extensions(36, doc),
  ]);
}

function content(number: number, doc: Doc): Bytes {
  const media = (one: Doc): Bytes => (one.schema === undefined ? [] : field(1, schema(one.schema as Doc)));
  return doc.content === undefined ? [] : field(number, entries(1, doc.content, media));
}

function parameters(number: number, docs: unknown): Bytes {
  return ((docs ?? []) as Doc[]).flatMap((doc) => {
    const words = [...field(1, doc.name as string), ...field(2, doc.in as string), ...flag(4, doc.required)];
    return field(number, field(1, [...words, ...field(10, schema(doc.schema as Doc))]));
  });
}

function response(doc: Doc): Bytes {
  return field(1, [...field(1, doc.description as string), ...content(3, doc)]);
}

function operation(doc: Doc): Bytes {
  checkWords(doc, OPERATION);
  const body = doc.requestBody as Doc | undefined;
  return [
    ...strings(1, doc.tags),
    ...optional(3, doc.description),
    ...optional(5, doc.operationId),
    ...parameters(6, doc.parameters),
    ...(body === undefined ? [] : field(7, field(1, [...content(2, body), ...flag(3, body.required)]))),
    ...field(8, entries(2, doc.responses, response)),
    ...extensions(13, doc),
  ];
}

function path(doc: Doc): Bytes {
  const methods = Object.entries(METHODS).flatMap(([method, number]) =>
    doc[method] === undefined ? [] : field(number, operation(doc[method] as Doc)),
  );
  return [...methods, ...parameters(13, doc.parameters)];
}

function key(doc: Doc): Bytes {
  return field(
    1,
    ["type", "description", "name", "in"].flatMap((word, at) => field(at + 1, doc[word] as string)),
  );
}

/** `document` as its JSON reads. */
export function gnosticV3(document: Doc): Uint8Array<ArrayBuffer> {
  const info = document.info as Doc;
  const { schemas, securitySchemes } = document.components as Doc;
  return join([
    ...field(1, document.openapi as string),
    ...field(2, [...field(1, info.title as string), ...field(6, info.version as string)]),
    ...field(4, entries(1, document.paths, path)),
    ...field(5, [...field(1, entries(1, schemas, schema)), ...field(7, entries(1, securitySchemes, key))]),
  ]);
}
