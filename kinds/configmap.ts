// ConfigMap (v1): text and bytes by key, at most 1 MiB together, frozen once `immutable` is set.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { base64Length, immutableData, MAX_DATA_BYTES } from "./rules/data.ts";
import { invalid, invalidEach, tooManyBytes } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { byteLength, configMapKey } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";

function validateContent(object: KubeObject): FieldError[] {
  const errors = validateMetadata(configMap, object);
  const data: Record<string, string> = object.data ?? {};
  const binary: Record<string, string> = object.binaryData ?? {};
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    if (key in binary) errors.push(invalid(`data[${key}]`, key, "duplicate of key present in binaryData"));
    size += byteLength(value);
  }
  for (const [key, value] of Object.entries(binary)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, configMapKey(key)));
    size += base64Length(value);
  }
  // "[]" is how field.Path prints an empty name: the whole object is too long.
  if (size > MAX_DATA_BYTES) errors.push(tooManyBytes("[]", MAX_DATA_BYTES));
  return errors;
}

export const configMap: Kind = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  resource: "configmaps",
  singular: "configmap",
  namespaced: true,
  shortNames: ["cm"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.ConfigMap",
  columns: [
    NAME,
    {
      name: "Data",
      type: "string",
      description: "How many keys it holds",
      cell: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    AGE,
  ],
  setDefaults: (object) => dropZeros(object, configMap.schema),
  validate: (object, old) =>
    old === undefined
      ? validateContent(object)
      : [
          ...validateMetadata(configMap, object, old),
          ...immutableData(object, old, ["data", "binaryData"]),
          ...validateContent(object),
        ],
  federation: { rule: "follower" },
};
