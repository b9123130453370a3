// PriorityClass (scheduling.k8s.io/v1): a number that pods name. Two belong to the system: bootstrap writes them, nobody deletes them.
// What needs other PriorityClasses (only one may be the global default: an admission plug-in upstream) is not checked here.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden, invalid, notSupported, required } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

const HIGHEST_OF_USERS = 1_000_000_000;
const SYSTEM = "system-";

const systemClass = (name: string, value: number, description: string): KubeObject => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name: `${SYSTEM}${name}` },
  value,
  description,
  preemptionPolicy: "PreemptLowerPriority",
});

/** What every cluster has from its first start (kk:pkg/apis/scheduling/v1/helpers.go). A writer gives them uid and time. */
export const SYSTEM_PRIORITY_CLASSES: readonly KubeObject[] = [
  systemClass(
    "node-critical",
    2 * HIGHEST_OF_USERS + 1000,
    "Used for system critical pods that must not be moved from their current node.",
  ),
  systemClass(
    "cluster-critical",
    2 * HIGHEST_OF_USERS,
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  ),
];

function setDefaults(object: KubeObject): void {
  dropZeros(object, priorityClass.schema);
  object.preemptionPolicy ??= "PreemptLowerPriority";
  showZeros(object, priorityClass.schema);
}

/** kk:pkg/apis/scheduling/validation. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(priorityClass, object, old);
  const { value, preemptionPolicy: policy } = object;
  if (old !== undefined) {
    if (value !== old.value) errors.push(forbidden("value", "may not be changed in an update."));
    if (policy !== old.preemptionPolicy) errors.push(invalid("preemptionPolicy", policy, "field is immutable"));
    return errors;
  }
  if (object.metadata.name?.startsWith(SYSTEM)) {
    const why = systemError(object);
    const text = `priority class names with '${SYSTEM}' prefix are reserved for system use only. error: ${why}`;
    if (why !== undefined) errors.push(forbidden("metadata.name", text));
  } else if (value > HIGHEST_OF_USERS) {
    errors.push(forbidden("value", `maximum allowed value of a user defined priority is ${HIGHEST_OF_USERS}`));
  }
  const policies = ["PreemptLowerPriority", "Never"];
  if (policy === "") errors.push(required("preemptionPolicy"));
  else if (!policies.includes(policy)) errors.push(notSupported("preemptionPolicy", policy, policies));
  return errors;
}

/** Whether it is one of the two, unchanged. */
function systemError({ metadata: { name }, value, globalDefault = false }: KubeObject): string | undefined {
  const known: Loose = SYSTEM_PRIORITY_CLASSES.find((one) => one.metadata.name === name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export const priorityClass: Kind = {
  group: "scheduling.k8s.io",
  version: "v1",
  kind: "PriorityClass",
  resource: "priorityclasses",
  singular: "priorityclass",
  namespaced: false,
  shortNames: ["pc"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.scheduling.v1.PriorityClass",
  undeletable: SYSTEM_PRIORITY_CLASSES.map(({ metadata }) => metadata.name),
  undeletableWhy: "this is a system priority class and cannot be deleted",
  columns: [
    NAME,
    { name: "Value", type: "integer", description: "The priority", cell: ({ value }) => value ?? 0 },
    {
      name: "Global-Default",
      type: "boolean",
      description: "For pods that name none",
      cell: ({ globalDefault }) => globalDefault ?? false,
    },
    AGE,
    {
      name: "PreemptionPolicy",
      type: "string",
      description: "Whether its pods push out others",
      cell: ({ preemptionPolicy }) => preemptionPolicy ?? "",
    },
  ],
  setDefaults,
  // 1 for ever: no update counts (kk:pkg/registry/scheduling/priorityclass/strategy.go).
  prepareCreate: ({ metadata }) => {
    metadata.generation = 1;
  },
  validate,
  federation: { rule: "follower" },
};
