// CSIStorageCapacity (storage.k8s.io/v1): how much a driver could still provision somewhere. A member's own affair; stored for whoever asks.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { CREATED_AT, NAME } from "./rules/columns.ts";
import { invalid, invalidEach } from "./rules/errors.ts";
import { isSelector, sameJson, validateLabelSelector, validateMetadata } from "./rules/metadata.ts";
import { dns1123Subdomain } from "./rules/names.ts";
import { expressionWarnings, nodeLabelWarnings } from "./rules/nodelabels.ts";
import { canonicalQuantity, parseQuantity } from "./rules/quantity.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, csiStorageCapacity.schema);
  for (const field of ["capacity", "maximumVolumeSize"])
    if (object[field] !== undefined) object[field] = canonicalQuantity(object[field]);
  object.storageClassName ??= "";
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { nodeTopology, storageClassName, capacity } = object;
  const errors = validateMetadata(csiStorageCapacity, object, old, ["meta", "update"]);
  const selector = validateLabelSelector(nodeTopology, "nodeTopology");
  // Odd values stay where they stood before.
  const lenient = old !== undefined && !isSelector(old.nodeTopology);
  errors.push(...(lenient ? selector.filter(({ field }) => !field.includes(".values[")) : selector));
  errors.push(...invalidEach("storageClassName", storageClassName, dns1123Subdomain(storageClassName)));
  if (capacity !== undefined && (parseQuantity(capacity)?.nano ?? 0n) < 0n)
    errors.push(invalid("capacity", capacity, "must be greater than or equal to 0"));
  if (old === undefined) return errors;
  if (!sameJson(nodeTopology, old.nodeTopology))
    errors.push(invalid("nodeTopology", nodeTopology, "field is immutable"));
  if (storageClassName !== old.storageClassName)
    errors.push(invalid("storageClassName", storageClassName, "field is immutable"));
  return errors;
}

function warnings({ nodeTopology }: KubeObject): string[] {
  return [
    ...expressionWarnings(nodeTopology?.matchExpressions, "nodeTopology"),
    ...nodeLabelWarnings(Object.keys(nodeTopology?.matchLabels ?? {}), (key) => `nodeTopology.matchLabels.${key}`),
  ];
}

export const csiStorageCapacity: Kind = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIStorageCapacity",
  resource: "csistoragecapacities",
  singular: "csistoragecapacity",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.storage.v1.CSIStorageCapacity",
  unconditionalUpdate: false,
  columns: [NAME, CREATED_AT],
  setDefaults,
  warnings,
  validate,
  federation: { rule: "root" },
};
