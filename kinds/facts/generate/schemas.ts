// OpenAPI v2 (all x-kubernetes-* extensions) + v3 (defaults) + Go enums -> compact schema facts; kinds/facts/schema.ts reads them.
//   t type  f format  $ reference  i items  a additionalProperties  l list type  k list map keys  m 1: atomic map
//   s patch strategy  g patch merge key  d default  e enum  p properties  r required  u unions
//   n Go type where it has a name of its own ("v1.PullPolicy")  v Go struct that the field is embedded through ("VolumeSource")
//   o 1: Go leaves it out when it is zero or empty (omitempty, no pointer)
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GoPackage } from "./golang.ts";
import type { ApiPackage } from "./packages.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- OpenAPI documents are read as they are
type Doc = any;

const TYPES: Record<string, string> = { string: "s", integer: "i", number: "n", boolean: "b", array: "a", object: "o" };

/** What the Go struct adds to a property. */
interface GoFacts {
  enum?: string[] | undefined;
  type?: string | undefined;
  via?: string | undefined;
  map?: boolean;
  omitEmpty?: boolean;
}

function compact(schema: Doc, v3: Doc, go: GoFacts): Doc {
  const out: Doc = {};
  if (schema.$ref) out.$ = schema.$ref.replace("#/definitions/", "");
  if (schema.type) out.t = TYPES[schema.type];
  if (schema.format) out.f = schema.format;
  if (schema["x-kubernetes-list-type"]) out.l = schema["x-kubernetes-list-type"];
  if (schema["x-kubernetes-list-map-keys"]) out.k = schema["x-kubernetes-list-map-keys"];
  if (schema["x-kubernetes-map-type"] === "atomic") out.m = 1;
  // A field may be granular though its type is atomic (PersistentVolume's claimRef).
  if (schema["x-kubernetes-map-type"] === "granular") out.m = 0;
  if (schema["x-kubernetes-patch-strategy"]) out.s = schema["x-kubernetes-patch-strategy"];
  if (schema["x-kubernetes-patch-merge-key"]) out.g = schema["x-kubernetes-patch-merge-key"];
  if (v3?.default !== undefined) out.d = v3.default;
  if (go.via) out.v = go.via;
  if (go.omitEmpty && !schema.$ref) out.o = 1;
  const inner = { enum: go.enum, type: go.type };
  if (schema.items) out.i = compact(schema.items, v3?.items, inner);
  else if (schema.additionalProperties)
    out.a = compact(schema.additionalProperties, v3?.additionalProperties, go.map ? inner : {});
  if (!schema.items && !go.map) {
    if (go.enum) out.e = go.enum;
    if (go.type && !schema.$ref) out.n = go.type;
  }
  return out;
}

const BUILTIN = /^(string|bool|byte|any|u?int\d*|float64|interface)$/;

/** The Go facts of a struct's JSON fields, also of those it embeds. */
function goFacts(
  struct: string,
  api: ApiPackage,
  packages: Map<string, GoPackage>,
  via?: string,
): Map<string, GoFacts> {
  const found = new Map<string, GoFacts>();
  const go = packages.get(api.path);
  for (const field of go?.structs.get(struct) ?? []) {
    const [alias, type] = field.base.includes(".")
      ? (field.base.split(".") as [string, string])
      : [undefined, field.base];
    const path = alias === undefined ? api.path : go!.imports.get(alias);
    if (field.inline && alias === undefined)
      goFacts(type, api, packages, type).forEach((facts, name) => found.set(name, facts));
    if (field.inline || path === undefined) continue;
    const named = BUILTIN.test(field.base) ? undefined : `${path.split("/").at(-1)}.${type}`;
    found.set(field.json, {
      enum: packages.get(path)?.enums.get(type),
      type: named,
      via,
      map: field.map,
      omitEmpty: field.omitEmpty && !field.pointer,
    });
  }
  return found;
}

function readDefaults(dir: string): Map<string, Doc> {
  const schemas = new Map<string, Doc>();
  for (const file of readdirSync(dir).sort()) {
    const document = JSON.parse(readFileSync(join(dir, file), "utf8"));
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) schemas.set(name, schema);
  }
  return schemas;
}

export interface SchemaFacts {
  schemas: Record<string, Doc>;
  /** Definition -> ["group/version/kind", …], leaving out those that only repeat a kind of meta/v1 in each group. */
  kinds: Record<string, string[]>;
}

export function readSchemas(openapiDir: string, apis: ApiPackage[], packages: Map<string, GoPackage>): SchemaFacts {
  const swagger = JSON.parse(readFileSync(join(openapiDir, "swagger.json"), "utf8"));
  const v3 = readDefaults(join(openapiDir, "v3"));
  const facts: SchemaFacts = { schemas: {}, kinds: {} };
  for (const [name, definition] of Object.entries<Doc>(swagger.definitions)) {
    const api = apis.find(
      (candidate) => name.startsWith(`${candidate.name}.`) && !name.slice(candidate.name.length + 1).includes("."),
    );
    if (api === undefined) continue;
    const out = compact(definition, undefined, {});
    const go = goFacts(name.slice(api.name.length + 1), api, packages);
    if (definition.properties) {
      out.p = {};
      for (const [field, schema] of Object.entries<Doc>(definition.properties)) {
        out.p[field] = compact(schema, v3.get(name)?.properties?.[field], go.get(field) ?? {});
      }
    }
    if (definition.required) out.r = definition.required;
    if (definition["x-kubernetes-unions"]) out.u = definition["x-kubernetes-unions"];
    facts.schemas[name] = out;
    const kinds: Doc[] = definition["x-kubernetes-group-version-kind"] ?? [];
    if (kinds.length > 0)
      facts.kinds[name] =
        kinds.length > 3 ? [`/v1/${kinds[0].kind}`] : kinds.map((kind) => `${kind.group}/${kind.version}/${kind.kind}`);
  }
  return facts;
}
