// RuntimeClass (node.k8s.io/v1): stored at the root, where pods may name one; the members' own say what it means.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { validateResources } from "./podspec/resources.ts";
import { validateTolerations } from "./podspec/scheduling.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { duplicate, invalid, invalidEach, required } from "./rules/errors.ts";
import { goValue, type GoStruct } from "./rules/gojson.ts";
import { validateLabels, validateMetadata } from "./rules/metadata.ts";
import { dns1123Label } from "./rules/names.ts";
import { nodeLabelWarnings } from "./rules/nodelabels.ts";
import { defaultResourceList } from "./rules/resourcelist.ts";
import { dropZeros } from "./rules/zeros.ts";

const TOLERATION: GoStruct = {
  Key: ["key", ""],
  Operator: ["operator", ""],
  Value: ["value", ""],
  Effect: ["effect", ""],
  TolerationSeconds: ["tolerationSeconds", null],
};

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { handler = "", overhead, scheduling } = object;
  const errors = [
    ...validateMetadata(runtimeClass, object, old, ["meta", "update"]),
    ...(handler === "" ? [required("handler")] : invalidEach("handler", handler, dns1123Label(handler))),
  ];
  if (overhead) errors.push(...validateResources({ limits: overhead.podFixed ?? {} }, "overhead"));
  if (scheduling) {
    errors.push(...validateLabels(scheduling.nodeSelector, "scheduling.nodeSelector"));
    errors.push(...validateTolerationSet(scheduling.tolerations ?? [], "scheduling.tolerations"));
  }
  if (old !== undefined && handler !== old.handler) errors.push(invalid("handler", handler, "field is immutable"));
  return errors;
}

function validateTolerationSet(tolerations: Loose[], field: string): FieldError[] {
  const errors = validateTolerations(tolerations, field);
  const seen = new Set<string>();
  for (const [index, toleration] of tolerations.entries()) {
    const { key, operator, value, effect } = toleration;
    const identity = JSON.stringify([key ?? "", operator ?? "", value ?? "", effect ?? ""]);
    if (seen.has(identity)) errors.push(duplicate(`${field}[${index}]`, goValue(TOLERATION, toleration)));
    seen.add(identity);
  }
  return errors;
}

function warnings({ scheduling }: KubeObject): string[] {
  return nodeLabelWarnings(Object.keys(scheduling?.nodeSelector ?? {}), () => "scheduling.nodeSelector");
}

export const runtimeClass: Kind = {
  group: "node.k8s.io",
  version: "v1",
  kind: "RuntimeClass",
  resource: "runtimeclasses",
  singular: "runtimeclass",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.node.v1.RuntimeClass",
  unconditionalUpdate: false,
  createOnUpdate: true,
  columns: [
    NAME,
    { name: "Handler", type: "string", description: "What runs its pods", cell: ({ handler }) => handler ?? "" },
    AGE,
  ],
  setDefaults: (object) => {
    dropZeros(object, runtimeClass.schema);
    if (object.overhead) defaultResourceList(object.overhead.podFixed);
  },
  warnings,
  validate,
  federation: { rule: "root" },
};
