// An OpenAPI v2 document in protobuf (gnostic-models openapiv2/OpenAPIv2.proto; numbers are its fields'). Holds what openapiv2.ts writes
// and nothing more; throws on a word that it would have to drop.
import { any, type Bytes, checkWords, entries, extensions, field, flag, join, optional, strings } from "./fields.ts";
import type { OpenapiV2 } from "./openapiv2.ts";

type Doc = Readonly<Record<string, unknown>>;

const METHODS = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 } as const;
const OPERATION = new Set([
  "tags",
  "description",
  "operationId",
  "produces",
  "consumes",
  "parameters",
  "responses",
  "schemes",
]);
const SCHEMA = new Set([
  "$ref",
  "format",
  "description",
  "required",
  "enum",
  "additionalProperties",
  "type",
  "items",
  "properties",
]);
const PARAMETER = new Set(["name", "in", "required", "schema", "type", "uniqueItems"]);

function schema(doc: Doc): Bytes {
  checkWords(doc, SCHEMA);
  const { items, properties, additionalProperties, type } = doc;
  return [
    ...optional(1, doc.$ref),
    ...optional(2, doc.format),
    ...optional(4, doc.description),
    ...strings(19, doc.required),
    ...((doc.enum ?? []) as unknown[]).flatMap((one) => field(20, any(one))),
    ...(additionalProperties === undefined ? [] : field(21, field(1, schema(additionalProperties as Doc)))),
    ...(type === undefined ? [] : field(22, field(1, type as string))),
    ...(items === undefined ? [] : field(23, field(1, schema(items as Doc)))),
    ...(properties === undefined ? [] : field(25, entries(1, properties, schema))),
    ...extensions(31, doc),
  ];
}

function parameter(doc: Doc): Bytes {
  checkWords(doc, PARAMETER);
  if (doc.in === "body") {
    const words = [...field(2, doc.name as string), ...field(3, "body"), ...flag(4, doc.required)];
    return field(1, [...words, ...field(5, schema(doc.schema as Doc))]);
  }
  const words = [...flag(1, doc.required), ...field(2, doc.in as string), ...field(4, doc.name as string)];
  // QueryParameterSubSchema has one field more before its type than PathParameterSubSchema.
  const shift = doc.in === "query" ? 1 : 0;
  const typed = [...words, ...field(5 + shift, doc.type as string), ...flag(19 + shift, doc.uniqueItems)];
  return field(2, field(doc.in === "query" ? 3 : 4, typed));
}

function parameters(number: number, all: unknown): Bytes {
  return ((all ?? []) as Doc[]).flatMap((one) =>
    field(number, one.$ref === undefined ? field(1, parameter(one)) : field(2, field(1, one.$ref as string))),
  );
}

function response(doc: Doc): Bytes {
  const of = doc.schema === undefined ? [] : field(2, field(1, schema(doc.schema as Doc)));
  return field(1, [...field(1, doc.description as string), ...of]);
}

function operation(doc: Doc): Bytes {
  checkWords(doc, OPERATION);
  return [
    ...strings(1, doc.tags),
    ...optional(3, doc.description),
    ...optional(5, doc.operationId),
    ...strings(6, doc.produces),
    ...strings(7, doc.consumes),
    ...parameters(8, doc.parameters),
    ...field(9, entries(1, doc.responses, response)),
    ...strings(10, doc.schemes),
    ...extensions(13, doc),
  ];
}

function path(doc: Doc): Bytes {
  const methods = Object.entries(METHODS).flatMap(([method, number]) =>
    doc[method] === undefined ? [] : field(number, operation(doc[method] as Doc)),
  );
  return [...methods, ...parameters(9, doc.parameters)];
}

// SecurityDefinitionsItem holds an apiKey security as its second choice.
function key(doc: Doc): Bytes {
  return field(
    2,
    ["type", "name", "in", "description"].flatMap((word, at) => field(at + 1, doc[word] as string)),
  );
}

export function gnosticV2(document: OpenapiV2): Uint8Array<ArrayBuffer> {
  const { info, security } = document;
  return join([
    ...field(1, document.swagger),
    ...field(2, [...field(1, info.title), ...field(2, info.version)]),
    ...field(8, entries(2, document.paths, path)),
    ...field(9, entries(1, document.definitions, schema)),
    ...field(10, entries(1, document.parameters, parameter)),
    ...security.flatMap((one) =>
      field(
        12,
        entries(1, one, () => []),
      ),
    ),
    ...field(13, entries(1, document.securityDefinitions, key)),
  ]);
}
