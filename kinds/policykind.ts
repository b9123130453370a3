// What the table entries of Placement, ClusterPlacement, Override and ClusterOverride have in common. A broken policy blocks nobody: a spec that
// stands is not judged again, so its status, its finalizers and its deletion go through whatever an older version let in.
import type { z } from "zod";
import { CLUSTERS } from "./cluster.ts";
import type { Column, FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { clusterNames, showObjectSelectors } from "./placement/selectors.ts";
import { PolicyStatusSchema } from "./placement.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { registerOwn, validateShape } from "./rules/zod.ts";

interface PolicyKind<S> {
  kind: string;
  resource: string;
  shortName: string;
  namespaced: boolean;
  schema: z.ZodType<S>;
  /** Of a spec whose shape is right. */
  validateSpec(spec: S, namespaced: boolean): FieldError[];
  /** Between what it selects and its age. */
  columns: readonly Column[];
}

export function policyKind<S>(policy: PolicyKind<S>): Kind {
  const { kind, resource, namespaced, schema, validateSpec, columns } = policy;
  const entry: Kind = {
    group: "hanse.dev",
    version: "v1alpha1",
    kind,
    resource,
    singular: kind.toLowerCase(),
    namespaced,
    shortNames: [policy.shortName],
    categories: ["hanse"],
    verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    status: true,
    schema: registerOwn(kind, schema, PolicyStatusSchema),
    generation: true,
    unconditionalUpdate: false,
    columns: [NAME, PRIORITY, SELECTS, ...columns, AGE],
    setDefaults: (object) => {
      object.spec ??= {};
    },
    validate(object, old) {
      const errors = validateMetadata(entry, object, old);
      if (old === undefined || !sameJson(object.spec, old.spec)) {
        const shape = validateShape(schema, "spec", object.spec);
        errors.push(...(shape.length > 0 ? shape : validateSpec(object.spec as S, namespaced)));
      }
      return [...errors, ...validateShape(PolicyStatusSchema, "status", object.status)];
    },
    mentions: (object, old) => {
      const before = new Set(clusterNames(old?.spec));
      const names = [...new Set(clusterNames(object.spec))].filter((name) => !before.has(name));
      return names.map((name) => ({ resource: CLUSTERS, name }));
    },
    federation: { rule: "root" },
  };
  return entry;
}

const PRIORITY: Column = {
  name: "Priority",
  type: "integer",
  description: "Who has the say where several select the same",
  cell: ({ spec }) => spec?.priority ?? 0,
};

const SELECTS: Column = {
  name: "Selects",
  type: "string",
  description: "The objects it is for",
  cell: ({ spec }: KubeObject) => showObjectSelectors((spec as Loose)?.selectors),
};
