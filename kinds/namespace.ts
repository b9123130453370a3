// Namespace (v1). Its finalizer "kubernetes" is removed by whoever empties it, through the finalize subresource or the controller.
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalidEach } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { kubeFinalizer, qualifiedName } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";

export const NAMESPACES = "namespaces";
/** Every cluster has these by itself (kk:pkg/controlplane/controller/systemnamespaces). */
export const SYSTEM_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];
/** Every namespace carries its own name under this label. */
const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

function setDefaults(object: KubeObject): void {
  dropZeros(object, namespace.schema);
  const { metadata } = object;
  if (metadata.name) metadata.labels = { ...metadata.labels, [NAMESPACE_NAME_LABEL]: metadata.name };
  object.spec ??= {};
  object.status ??= {};
  object.status.phase ||= "Active";
}

/** kk:pkg/registry/core/namespace/strategy.go: a new namespace is Active and holds the finalizer. */
function prepareCreate(object: KubeObject): void {
  object.status = { phase: "Active" };
  // A generated name was not known to the defaults yet.
  if (object.metadata.name)
    object.metadata.labels = { ...object.metadata.labels, [NAMESPACE_NAME_LABEL]: object.metadata.name };
  const finalizers: string[] = object.spec?.finalizers ?? [];
  object.spec = {
    ...object.spec,
    finalizers: finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"],
  };
}

/** spec holds nothing but finalizers, and those change only through /finalize. */
function prepareUpdate(object: KubeObject, old: KubeObject): void {
  object.spec = { ...object.spec, finalizers: old.spec?.finalizers };
}

export const namespace: Kind = {
  group: "",
  version: "v1",
  kind: "Namespace",
  resource: "namespaces",
  singular: "namespace",
  namespaced: false,
  shortNames: ["ns"],
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.core.v1.Namespace",
  nameRule: "label",
  returnsDeleted: true,
  finalize: true,
  undeletable: ["default", "kube-system", "kube-public"],
  fields: { "status.phase": (object) => object.status?.phase ?? "" },
  columns: [
    NAME,
    {
      name: "Status",
      type: "string",
      description: "Active or Terminating",
      cell: (object) => object.status?.phase ?? "",
    },
    AGE,
  ],
  setDefaults,
  prepareCreate,
  prepareUpdate,
  validate: (object, old) => [
    ...validateMetadata(namespace, object),
    ...((object.spec?.finalizers ?? []) as string[]).flatMap((finalizer) =>
      invalidEach("spec.finalizers", finalizer, [...qualifiedName(finalizer), ...kubeFinalizer(finalizer)]),
    ),
    ...(old === undefined ? [] : validateMetadata(namespace, object, old)),
  ],
  federation: { rule: "container" },
};
