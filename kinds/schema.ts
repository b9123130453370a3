// What the patch, validation and OpenAPI code may ask about a field's type. Built from the generated facts (kinds/facts);
// a Schema is a graph of shared nodes (JSONSchemaProps refers to itself), so never serialise one.

import type { Props } from "./custom/props.ts";

export type ScalarType = "string" | "integer" | "number" | "boolean";

export interface Schema {
  /** Absent: any value (RawExtension, JSON, FieldsV1: untyped; server-side apply treats it as atomic for lists, granular for maps). */
  type?: "object" | "array" | ScalarType;
  /** OpenAPI format, and three of ours: "int-or-string", "quantity", "raw" (RawExtension, FieldsV1). */
  format?: string;
  /** Definition name, e.g. "io.k8s.api.core.v1.Container"; absent on inline schemas. */
  name?: string;
  properties?: ReadonlyMap<string, Schema>;
  /** Value schema of a map (additionalProperties). */
  additional?: Schema;
  /** Item schema of a list. */
  items?: Schema;
  required?: readonly string[];
  /** x-kubernetes-list-type; absent means atomic for server-side apply. */
  listType?: "atomic" | "set" | "map";
  /** x-kubernetes-list-map-keys. */
  listKeys?: readonly string[];
  /** x-kubernetes-map-type: atomic. */
  atomicMap?: boolean;
  /** x-kubernetes-patch-strategy contains "merge". */
  patchMerge?: boolean;
  /** x-kubernetes-patch-strategy contains "retainKeys". */
  patchRetainKeys?: boolean;
  /** x-kubernetes-patch-strategy is "replace": a map that a strategic merge patch takes as a whole. */
  patchReplace?: boolean;
  /** x-kubernetes-patch-merge-key. */
  patchMergeKey?: string;
  /** OpenAPI default of this field (from the v3 documents); matters for list-map keys (ports.protocol). */
  default?: unknown;
  /** Closed sets of values, where OpenAPI v3 gives them. */
  enum?: readonly string[];
  /** Shown by kubectl explain; only our own schemas have one. */
  description?: string;
  /** x-kubernetes-preserve-unknown-fields: fields that `properties` does not name are kept, not pruned. */
  preserveUnknown?: boolean;
  /** Go type of a scalar or map that has a name of its own ("v1.PullPolicy"), and the Go struct a field is embedded through
   *  ("VolumeSource"): kube-apiserver's decoding errors spell them. */
  goType?: string;
  goEmbed?: string;
  /** Go leaves the field out when it is zero or empty (omitempty without a pointer): `minReadySeconds: 0`, `finalizers: []`. */
  omitEmpty?: boolean;
  /** Of a custom kind's whole object: what it was read from. Types are validated by it, not decoded, and unknown fields go. */
  props?: Props;
  /** x-kubernetes-unions as is, for the OpenAPI documents only. */
  unions?: readonly object[];
}
