// PodTemplate (v1): a pod template that stands alone. Nothing in Kubernetes reads it any more, so it stays at the root.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { validateTemplate } from "./podspec/validate.ts";
import { podTemplateWarnings } from "./podspec/warnings.ts";
import { NAME, templateColumns } from "./rules/columns.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { formatLabels } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, podTemplate.schema);
  defaultTemplate(object);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  return [...validateMetadata(podTemplate, object, old), ...validateTemplate(object.template, "template")];
}

/** Its template is no spec, so it counts its changes itself. */
function prepareUpdate(object: KubeObject, old: KubeObject): void {
  object.metadata.generation = old.metadata.generation;
  if (!sameJson(object.template, old.template)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

const [containers, images] = templateColumns(
  () => "",
  (object) => object,
);

export const podTemplate: Kind = {
  group: "",
  version: "v1",
  kind: "PodTemplate",
  resource: "podtemplates",
  singular: "podtemplate",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.PodTemplate",
  generation: true,
  returnsDeleted: true,
  ageless: true,
  columns: [
    NAME,
    { ...containers!, priority: 0 },
    { ...images!, priority: 0 },
    {
      name: "Pod Labels",
      type: "string",
      description: "Labels of its pods",
      cell: ({ template }) => formatLabels(template?.metadata?.labels),
    },
  ],
  setDefaults,
  prepareUpdate,
  validate,
  warnings: ({ metadata, template }, old) =>
    old !== undefined && metadata.generation === old.metadata.generation
      ? []
      : podTemplateWarnings(template, "template"),
  federation: { rule: "root" },
};
