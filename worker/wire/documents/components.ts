// components.schemas of an OpenAPI v3 document: every definition that can be reached from some, written as upstream writes it.
import { groupVersionKindsOf, schemaOf } from "../../../kinds/facts/schema.ts";
import type { Kind } from "../../../kinds/kind.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { customDefinition } from "./customschema.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
/** Upstream names these in every group version as that group's own. */
const EVERYWHERE = new Set([`${META}DeleteOptions`, `${META}WatchEvent`]);
/** Definitions whose schema says nothing at all. */
const ANYTHING = /^io\.k8s\.apiextensions-apiserver\.pkg\.apis\.apiextensions\.v1\.JSON(SchemaPropsOr\w+)?$/;

function reference(definition: string): Doc {
  return { $ref: `#/components/schemas/${definition}` };
}

/** What stands beside a type at the place that uses it. */
function placeFacts(schema: Schema, target?: Schema): Doc {
  const strategy = [
    schema.patchMerge && "merge",
    schema.patchRetainKeys && "retainKeys",
    schema.patchReplace && "replace",
  ]
    .filter(Boolean)
    .join(",");
  return {
    ...(schema.default !== undefined && { default: schema.default }),
    ...(schema.enum && { enum: schema.enum }),
    ...(schema.listType && { "x-kubernetes-list-type": schema.listType }),
    ...(schema.listKeys && { "x-kubernetes-list-map-keys": schema.listKeys }),
    ...(schema.atomicMap && !target?.atomicMap && { "x-kubernetes-map-type": "atomic" }),
    ...(schema.atomicMap === false && { "x-kubernetes-map-type": "granular" }),
    ...(strategy !== "" && { "x-kubernetes-patch-strategy": strategy }),
    ...(schema.patchMergeKey && { "x-kubernetes-patch-merge-key": schema.patchMergeKey }),
    ...(schema.description !== undefined &&
      schema.description !== target?.description && { description: schema.description }),
  };
}

function typeFacts(schema: Schema, named: boolean): Doc {
  if (schema.format === "quantity") return { oneOf: [{ type: "string" }, { type: "number" }] };
  if (schema.format === "int-or-string") {
    const either = [{ type: "integer" }, { type: "string" }];
    return named ? { format: schema.format, oneOf: either } : { "x-kubernetes-int-or-string": true, anyOf: either };
  }
  if (schema.format === "raw") return ANYTHING.test(schema.name ?? "") ? {} : { type: "object" };
  return {
    ...(schema.type && { type: schema.type }),
    ...(schema.format && { format: schema.format }),
    ...(schema.preserveUnknown && { "x-kubernetes-preserve-unknown-fields": true }),
    ...(schema.required && { required: schema.required }),
    ...(schema.unions && { "x-kubernetes-unions": schema.unions }),
  };
}

export class Components {
  readonly #schemas = new Map<string, Doc>();
  readonly #group: string;
  readonly #version: string;
  readonly #kinds: readonly Kind[];
  readonly #opaque: readonly string[];

  /** `opaque`: definitions that somebody else writes. */
  constructor(group: string, version: string, kinds: readonly Kind[] = [], opaque: readonly string[] = []) {
    this.#opaque = opaque;
    this.#group = group;
    this.#version = version;
    this.#kinds = kinds;
  }

  /** Adds a definition and all it refers to; answers the reference. */
  use(definition: string): Doc {
    if (!this.#schemas.has(definition)) {
      const doc: Doc = {};
      this.#schemas.set(definition, doc);
      if (this.#opaque.includes(definition)) return reference(definition);
      const custom = customDefinition(this.#kinds, definition, (name) => this.use(name));
      if (custom !== undefined) {
        Object.assign(doc, custom);
        return reference(definition);
      }
      Object.assign(doc, this.#inline(schemaOf(definition), true));
      const kinds = groupVersionKindsOf(definition);
      if (EVERYWHERE.has(definition) && this.#group !== "")
        kinds.push({ group: this.#group, version: this.#version, kind: kinds[0]!.kind });
      if (kinds.length > 0) doc["x-kubernetes-group-version-kind"] = kinds;
    }
    return reference(definition);
  }

  #inline(schema: Schema, named: boolean): Doc {
    const properties =
      schema.properties &&
      Object.fromEntries([...schema.properties].map(([name, value]) => [name, this.#place(value)]));
    return {
      ...typeFacts(schema, named),
      ...(properties && schema.properties!.size > 0 && { properties }),
      ...(schema.items && { items: this.#place(schema.items) }),
      ...(schema.additional && { additionalProperties: this.#place(schema.additional) }),
      ...placeFacts(schema),
    };
  }

  #place(schema: Schema): Doc {
    if (schema.name === undefined) return this.#inline(schema, false);
    const beside = placeFacts(schema, schemaOf(schema.name));
    const target = this.use(schema.name);
    return Object.keys(beside).length === 0 ? target : { allOf: [target], ...beside };
  }

  /** Sorted by name. */
  toJSON(): Doc {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
