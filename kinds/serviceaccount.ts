// ServiceAccount (v1). The one named "default" in each namespace is made by a controller and never leaves the root.
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

const ENFORCE = "kubernetes.io/enforce-mountable-secrets";

/** Only the names of listed Secrets are kept (kk:pkg/registry/core/serviceaccount/strategy.go). */
function cleanSecrets(object: KubeObject): void {
  if (Array.isArray(object.secrets)) object.secrets = object.secrets.map(({ name }: { name: string }) => ({ name }));
}

export const serviceAccount: Kind = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  resource: "serviceaccounts",
  singular: "serviceaccount",
  namespaced: true,
  shortNames: ["sa"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.ServiceAccount",
  returnsDeleted: true,
  columns: [NAME, AGE],
  prepareCreate: cleanSecrets,
  prepareUpdate: cleanSecrets,
  setDefaults: (object) => dropZeros(object, serviceAccount.schema),
  validate: (object, old) =>
    old === undefined
      ? validateMetadata(serviceAccount, object)
      : [...validateMetadata(serviceAccount, object, old), ...validateMetadata(serviceAccount, object)],
  warnings: ({ metadata }, old) =>
    metadata.annotations?.[ENFORCE] !== undefined && old?.metadata.annotations?.[ENFORCE] === undefined
      ? [
          `metadata.annotations[${ENFORCE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ]
      : [],
  federation: { rule: "follower" },
};
