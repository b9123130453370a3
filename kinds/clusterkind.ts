// The table entry of Cluster (hanse.dev/v1alpha1): columns, validation by its zod schema, and its OpenAPI for clients. The shapes
// themselves stand in kinds/cluster.ts, which agents and the protocol import without this table.
import { z } from "zod";
import { ClusterSpecSchema, ClusterStatusSchema, REGION_LABEL } from "./cluster.ts";
import { registerSchema } from "./facts/schema.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid, invalidEach, required } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { labelValueErrors, qualifiedName } from "./rules/names.ts";
import { formatQuantity, parseQuantity } from "./rules/quantity.ts";

const DEFINITION = "dev.hanse.v1alpha1.Cluster";

const ClusterSchema = z.object({ spec: ClusterSpecSchema, status: ClusterStatusSchema });

// io: what a client may send. `$schema` and `additionalProperties: false` are JSON Schema's, not OpenAPI's business here.
const { properties } = z.toJSONSchema(ClusterSchema, { io: "input", target: "openapi-3.0" }) as Loose;
registerSchema({
  definition: DEFINITION,
  group: "hanse.dev",
  version: "v1alpha1",
  kind: "Cluster",
  schema: { type: "object", properties },
});

/** zod's path as field.Path prints it. */
function fieldPath(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    root,
  );
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(cluster, object, old);
  for (const [root, schema] of [
    ["spec", ClusterSpecSchema],
    ["status", ClusterStatusSchema],
  ] as const) {
    const parsed = schema.safeParse(object[root] ?? {});
    for (const issue of parsed.error?.issues ?? []) {
      const field = fieldPath(root, issue.path);
      const value = issue.path.reduce<Loose>((at, part) => at?.[part], object[root]);
      errors.push(value === undefined ? required(field) : invalid(field, value, issue.message));
    }
  }
  for (const [index, { key, value }] of ((object.spec?.taints ?? []) as Loose[]).entries()) {
    errors.push(...invalidEach(`spec.taints[${index}].key`, key, qualifiedName(key ?? "")));
    if (value) errors.push(...invalidEach(`spec.taints[${index}].value`, value, labelValueErrors(value)));
  }
  return errors;
}

function ready(object: KubeObject): string {
  const condition = ((object.status?.conditions ?? []) as Loose[]).find(({ type }) => type === "Ready");
  return condition?.status ?? "Unknown";
}

/** An amount for people: whole or tenths of cores, whole GiB or MiB. */
function amount(object: KubeObject, resource: string): string {
  const text = object.status?.free?.[resource];
  const quantity = text === undefined ? undefined : parseQuantity(text);
  if (quantity === undefined) return "<unknown>";
  if (resource === "cpu") return String(Number(quantity.nano / 100_000_000n) / 10);
  const unit = quantity.nano >= 1_000_000_000n << 33n ? 30n : 20n;
  return formatQuantity({
    nano: (((quantity.nano / 1_000_000_000n) >> unit) << unit) * 1_000_000_000n,
    format: "BinarySI",
  });
}

export const cluster: Kind = {
  group: "hanse.dev",
  version: "v1alpha1",
  kind: "Cluster",
  resource: "clusters",
  singular: "cluster",
  namespaced: false,
  shortNames: ["cl"],
  categories: ["hanse"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: DEFINITION,
  generation: true,
  nameRule: "label",
  unconditionalUpdate: false,
  columns: [
    NAME,
    { name: "Ready", type: "string", description: "Whether its agent is heard", cell: ready },
    {
      name: "Region",
      type: "string",
      description: "Where it is",
      cell: ({ metadata }) => metadata.labels?.[REGION_LABEL] ?? "<none>",
    },
    { name: "Nodes", type: "integer", description: "Ready nodes in it", cell: ({ status }) => status?.nodes ?? 0 },
    {
      name: "Version",
      type: "string",
      description: "Its Kubernetes version",
      cell: ({ status }) => status?.kubernetesVersion ?? "<unknown>",
    },
    {
      name: "Free-CPU",
      type: "string",
      description: "Cores not requested by any pod",
      cell: (object) => amount(object, "cpu"),
    },
    {
      name: "Free-Memory",
      type: "string",
      description: "Memory not requested by any pod",
      cell: (object) => amount(object, "memory"),
    },
    AGE,
    {
      name: "Agent",
      type: "string",
      priority: 1,
      description: "Version of its agent",
      cell: ({ status }) => status?.agentVersion ?? "<none>",
    },
    {
      name: "Schedulable",
      type: "boolean",
      priority: 1,
      description: "Whether it takes new work",
      cell: ({ spec }) => spec?.unschedulable !== true,
    },
  ],
  setDefaults: (object) => {
    object.spec ??= {};
    object.status ??= {};
  },
  prepareCreate: (object) => {
    object.status = {};
  },
  validate,
  federation: { rule: "root" },
};
