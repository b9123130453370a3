// The table entry of Cluster (hanse.dev/v1alpha1): columns, validation by its zod schema, and its OpenAPI for clients. The shapes
// themselves stand in kinds/cluster.ts, which agents and the protocol import without this table.
import { ClusterSpecSchema, ClusterStatusSchema, REGION_LABEL } from "./cluster.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { formatQuantity, parseQuantity } from "./rules/quantity.ts";
import { stampTaints, validateTaints } from "./rules/taints.ts";
import { registerOwn, validateShape } from "./rules/zod.ts";

const DEFINITION = registerOwn("Cluster", ClusterSpecSchema, ClusterStatusSchema);

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(cluster, object, old);
  errors.push(...validateShape(ClusterSpecSchema, "spec", object.spec));
  errors.push(...validateShape(ClusterStatusSchema, "status", object.status));
  // As of a Node, which is what they are shown on; the schema has said part of it.
  const said = new Set(errors.map(({ field }) => field));
  errors.push(...validateTaints("spec.taints", object.spec?.taints).filter(({ field }) => !said.has(field)));
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
  stamp: (object, old, now) => stampTaints(object.spec?.taints, old?.spec?.taints, now),
  federation: { rule: "root" },
};
