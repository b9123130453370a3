// GET /openapi/v2: the whole table in the older form. kubectl validates by it what version 3 cannot tell it about (a `List`, a
// kind that is not served), `kubectl explain --output=plaintext-openapiv2`, Argo CD and Terraform read types from it. Made from the
// version 3 documents, as upstream makes those from this. No prose.
import { groupsOf } from "./groups.ts";
import { openapiDocuments } from "./openapi.ts";
import { pathsV2 } from "./pathsv2.ts";
import type { Kind } from "../../../kinds/kind.ts";

type Doc = Record<string, unknown>;

const GVK = "x-kubernetes-group-version-kind";
const V3 = "#/components/schemas/";

export interface OpenapiV2 {
  swagger: "2.0";
  info: { title: string; version: string };
  paths: Doc;
  definitions: Readonly<Record<string, Doc>>;
  /** What several operations take, by the name they refer to it by. */
  parameters: Readonly<Record<string, Doc>>;
  securityDefinitions: Doc;
  security: Doc[];
}

interface V3Document {
  info: OpenapiV2["info"];
  paths: Record<string, Doc>;
  components: { schemas: Record<string, Doc> };
}

export function openapiV2Document(kinds: readonly Kind[]): OpenapiV2 {
  const definitions = new Map<string, Doc>();
  const paths: Record<string, Doc> = {};
  let info = { title: "Kubernetes", version: "" };
  for (const make of openapiDocuments(groupsOf(kinds)).values()) {
    const document = JSON.parse(JSON.stringify(make())) as V3Document;
    info = document.info;
    Object.assign(paths, document.paths);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const known = definitions.get(name);
      if (known === undefined) definitions.set(name, definition(schema));
      else if (known[GVK] !== undefined) known[GVK] = union(known[GVK] as Doc[], schema[GVK] as Doc[]);
    }
  }
  return {
    swagger: "2.0",
    info,
    ...pathsV2(paths, definition),
    definitions: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
    securityDefinitions: {
      BearerToken: { description: "Bearer Token authentication", type: "apiKey", name: "authorization", in: "header" },
    },
    security: [{ BearerToken: [] }],
  };
}

function union(some: readonly Doc[], more: readonly Doc[] = []): Doc[] {
  return [...new Map([...some, ...more].map((one) => [JSON.stringify(one), one])).values()];
}

function definition(schema: Doc): Doc {
  const {
    allOf,
    oneOf,
    anyOf,
    properties,
    additionalProperties,
    items,
    default: _,
    $ref,
    not: _not,
    nullable: _nullable,
    "x-kubernetes-int-or-string": mixed,
    ...rest
  } = schema;
  // Version 2 takes what stands beside a reference; version 3 needs allOf for it.
  const target = ($ref ?? (allOf as Doc[] | undefined)?.[0]?.["$ref"]) as string | undefined;
  if (target !== undefined) return { $ref: `#/definitions/${target.slice(V3.length)}`, ...rest };
  // One of several types has no word in version 2: the string that may hold any of them.
  if ((oneOf !== undefined || anyOf !== undefined) && rest["type"] === undefined && properties === undefined)
    return { ...rest, type: "string", ...(mixed === true && { format: "int-or-string" }) };
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Doc>).map(([name, value]) => [name, definition(value)]),
      ),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === "object" ? definition(additionalProperties as Doc) : additionalProperties,
    }),
    ...(items !== undefined && { items: definition(items as Doc) }),
  };
}
