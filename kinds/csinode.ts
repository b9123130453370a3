// CSINode (storage.k8s.io/v1): which drivers a kubelet has. The root's nodes are clusters and have none; stored for whoever asks.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { duplicate, invalid, invalidEach, nonNegative, required } from "./rules/errors.ts";
import { goValue, type GoStruct } from "./rules/gojson.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { byteLength, qualifiedName } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";
import { driverNameErrors } from "./storage/volumesource.ts";

const MAX_NODE_ID = 256;

function setDefaults(object: KubeObject): void {
  dropZeros(object, csiNode.schema);
  object.spec ??= {};
  // Kept as protobuf, where nothing is the same as an empty list.
  if (!object.spec.drivers?.length) object.spec.drivers = null;
  for (const driver of (object.spec.drivers ?? []) as Loose[])
    if (!driver.topologyKeys?.length) driver.topologyKeys = null;
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const drivers: Loose[] = object.spec.drivers ?? [];
  const errors = validateMetadata(csiNode, object, old, ["meta"]);
  const names = new Set<string>();
  for (const [index, driver] of drivers.entries()) {
    errors.push(...validateDriver(driver, names, `spec.drivers[${index}]`));
    names.add(driver.name ?? "");
  }
  for (const before of (old?.spec?.drivers ?? []) as Loose[]) {
    for (const driver of drivers) {
      if (driver.name === before.name && !sameJson(fixed(driver), fixed(before)))
        errors.push(invalid("spec.drivers", goValue(DRIVER, fixed(driver)), "field is immutable"));
    }
  }
  return errors;
}

const DRIVER: GoStruct = {
  Name: ["name", ""],
  NodeID: ["nodeID", ""],
  TopologyKeys: ["topologyKeys", null],
  Allocatable: ["allocatable", null],
};

/** How many volumes a node takes may change. */
const fixed = ({ allocatable: _, ...rest }: Loose): Loose => rest;

function validateDriver(driver: Loose, names: ReadonlySet<string>, path: string): FieldError[] {
  const { name = "", nodeID = "", allocatable } = driver;
  const topologyKeys: string[] = driver.topologyKeys ?? [];
  const errors = driverNameErrors(`${path}.name`, name);
  if (nodeID === "") errors.push(required(`${path}.nodeID`));
  if (byteLength(nodeID) > MAX_NODE_ID)
    errors.push(invalid(`${path}.nodeID`, nodeID, `must be ${MAX_NODE_ID} characters or less`));
  errors.push(...nonNegative(`${path}.allocatable.count`, allocatable?.count));
  if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
  for (const [index, key] of topologyKeys.entries()) {
    if (key === "") errors.push(required(path));
    if (topologyKeys.indexOf(key) < index) errors.push(duplicate(path, key));
    errors.push(...invalidEach(path, key, qualifiedName(key)));
  }
  return errors;
}

export const csiNode: Kind = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSINode",
  resource: "csinodes",
  singular: "csinode",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.storage.v1.CSINode",
  unconditionalUpdate: false,
  returnsDeleted: true,
  columns: [
    NAME,
    {
      name: "Drivers",
      type: "integer",
      description: "How many drivers it has",
      cell: ({ spec }) => spec?.drivers?.length ?? 0,
    },
    AGE,
  ],
  setDefaults,
  validate,
  federation: { rule: "root" },
};
