// schemaOf: what is known about a type, as one shared graph built when first asked for. Upstream's types come from the
// generated facts, Hanse's own from registerSchema; whoever asks need not know which.
import type { Props } from "../custom/props.ts";
import type { Kind } from "../kind.ts";
import type { Schema } from "../schema.ts";
import { facts, type SchemaFact } from "./facts.ts";
import { type OpenApiSchema, readOpenApi } from "./openapi.ts";

const TYPES = { s: "string", i: "integer", n: "number", b: "boolean", a: "array", o: "object" } as const;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
/** Types whose JSON is anything at all. */
const RAW = new Set([`${META}FieldsV1`, "io.k8s.apimachinery.pkg.runtime.RawExtension", `${EXTENSIONS}JSON`]);

/** Kinds of meta/v1 that every group version accepts as its own. */
const EVERYWHERE = new Set(["DeleteOptions", "WatchEvent", "Status"]);

/** Upstream's defaulting tells an empty list here from none, so decoding must not drop it. */
const EMPTY_COUNTS = new Set(["io.k8s.api.autoscaling.v2.HPAScalingRules.policies"]);

const nodes = new Map<string, Schema>();
const byKind = new Map<string, string>();
const kindsOf = new Map<string, string[]>();

function strip<T extends object>(value: T): T {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key];
  return value;
}

/** A field's own facts: also those that stand beside a reference. */
function fieldFacts(fact: SchemaFact): Schema {
  return strip<Schema>({
    listType: fact.l,
    listKeys: fact.k,
    atomicMap: fact.m === undefined ? undefined : fact.m === 1,
    patchMerge: fact.s?.split(",").includes("merge") || undefined,
    patchRetainKeys: fact.s?.split(",").includes("retainKeys") || undefined,
    patchReplace: fact.s === "replace" ? true : undefined,
    patchMergeKey: fact.g,
    default: fact.d,
    enum: fact.e,
    goType: fact.n,
    goEmbed: fact.v,
    omitEmpty: fact.o === 1 ? true : undefined,
  });
}

function build(fact: SchemaFact): Schema {
  const own = fieldFacts(fact);
  if (fact.$ !== undefined) {
    const target = named(fact.$);
    return Object.keys(own).length === 0 ? target : { ...target, ...own };
  }
  const type = fact.t && TYPES[fact.t];
  return strip<Schema>({
    type,
    format: fact.f,
    items: fact.i && build(fact.i),
    additional: fact.a && build(fact.a),
    ...own,
  });
}

// A node is entered into the table before its fields are read, and its `properties` map is filled in place: so a type that
// contains itself, and copies of a node that carry a field's own facts, all see the same fields.
function named(name: string): Schema {
  const known = nodes.get(name);
  if (known) return known;
  const fact = facts().schemas[name];
  if (fact === undefined) throw new Error(`no facts about type ${name}`);
  const properties = fact.p && new Map<string, Schema>();
  const raw = RAW.has(name);
  const node = strip<Schema>({
    name,
    type: raw || fact.t === undefined ? undefined : TYPES[fact.t],
    format: raw ? "raw" : name === QUANTITY ? "quantity" : fact.f,
    properties,
    required: fact.r,
    atomicMap: fact.m === 1 ? true : undefined,
    unions: fact.u,
  });
  nodes.set(name, node);
  for (const [field, value] of Object.entries(fact.p ?? {})) {
    properties?.set(field, build(EMPTY_COUNTS.has(`${name}.${field}`) ? { ...value, o: undefined } : value));
  }
  return node;
}

/** What is known of a kind's type: a custom kind brings it along. */
export function schemaFor(kind: Pick<Kind, "schema" | "structural">): Schema {
  return kind.structural?.schema ?? schemaOf(kind.schema);
}

/** Of a document that belongs to no table: a CustomResourceDefinition's. `$ref` names definitions as in `registerSchema`. */
export function customSchema(document: OpenApiSchema, name: string, props: Props): Schema {
  return { ...readOpenApi(document, named), name, props };
}

/** The schema of a definition, e.g. "io.k8s.api.apps.v1.Deployment". @throws on a name that neither the facts nor a registration holds. */
export function schemaOf(definition: string): Schema {
  return named(definition);
}

function readKinds(): void {
  if (byKind.size > 0 && kindsOf.has(`${META}Status`)) return;
  for (const [definition, kinds] of Object.entries(facts().kinds)) {
    kindsOf.set(definition, kinds);
    for (const kind of kinds) byKind.set(kind, definition);
  }
}

/** The definition behind a kind, or undefined for one nobody described. */
export function findDefinition(group: string, version: string, kind: string): string | undefined {
  readKinds();
  return byKind.get(`${group}/${version}/${kind}`) ?? (EVERYWHERE.has(kind) ? `${META}${kind}` : undefined);
}

/** @throws on a kind that nobody described. */
export function definitionOf(group: string, version: string, kind: string): string {
  const definition = findDefinition(group, version, kind);
  if (definition === undefined) throw new Error(`no facts about kind ${group}/${version} ${kind}`);
  return definition;
}

/** x-kubernetes-group-version-kind of a definition. */
export function groupVersionKindsOf(definition: string): { group: string; version: string; kind: string }[] {
  readKinds();
  return (kindsOf.get(definition) ?? []).map((text) => {
    const [group, version, kind] = text.split("/") as [string, string, string];
    return { group, version, kind };
  });
}

export interface Registration {
  /** Definition name, e.g. "dev.hanse.v1alpha1.Cluster". */
  definition: string;
  group: string;
  version: string;
  kind: string;
  /** OpenAPI v3 as a CRD spells it; `$ref` names definitions without a prefix. apiVersion, kind, metadata are added. */
  schema: OpenApiSchema;
}

/** Makes one of our own kinds known, together with its list. Registering the same definition again replaces it. */
export function registerSchema({ definition, group, version, kind, schema }: Registration): void {
  readKinds();
  const meta: Record<string, OpenApiSchema> = { apiVersion: { type: "string" }, kind: { type: "string" } };
  const object = {
    ...schema,
    type: "object" as const,
    properties: { ...meta, metadata: { $ref: `${META}ObjectMeta`, default: {} }, ...schema.properties },
  };
  enter(definition, `${group}/${version}/${kind}`, object);
  const items: OpenApiSchema = { type: "array", items: { $ref: definition } };
  const list = {
    type: "object" as const,
    properties: { ...meta, metadata: { $ref: `${META}ListMeta`, default: {} }, items },
    required: ["items"],
  };
  enter(`${definition}List`, `${group}/${version}/${kind}List`, list);
}

function enter(definition: string, gvk: string, schema: OpenApiSchema): void {
  nodes.set(definition, { ...readOpenApi(schema, named), name: definition });
  kindsOf.set(definition, [gvk]);
  byKind.set(gvk, definition);
}
