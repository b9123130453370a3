// VolumeAttributesClass (storage.k8s.io/v1): stored at the root for whoever asks; each member brings its own.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";
import { parameterErrors, provisionerErrors } from "./storage/parameters.ts";

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(volumeAttributesClass, object, old, ["update", "meta"]);
  if (old !== undefined) {
    for (const field of ["driverName", "parameters"])
      if (!sameJson(object[field], old[field])) errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  }
  return [
    ...errors,
    ...provisionerErrors("driverName", object.driverName),
    ...parameterErrors("parameters", object.parameters, false),
  ];
}

export const volumeAttributesClass: Kind = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttributesClass",
  resource: "volumeattributesclasses",
  singular: "volumeattributesclass",
  namespaced: false,
  shortNames: ["vac"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.storage.v1.VolumeAttributesClass",
  returnsDeleted: true,
  columns: [
    NAME,
    {
      name: "DriverName",
      type: "string",
      description: "Whose attributes they are",
      cell: ({ driverName }) => driverName ?? "",
    },
    AGE,
  ],
  setDefaults: (object) => dropZeros(object, volumeAttributesClass.schema),
  validate,
  federation: { rule: "root" },
};
