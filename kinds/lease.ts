// Lease (coordination.k8s.io/v1): who leads, and until when. Written every few seconds by clients' leader election, so it is cheap.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid } from "./rules/errors.ts";
import { validateCommonMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

/** Coordinated leader election is behind a feature gate that is off in 1.36: its two fields are not kept. */
function dropGated({ spec }: KubeObject): void {
  delete spec.strategy;
  delete spec.preferredHolder;
}

/** kk:pkg/apis/coordination/validation ValidateLease. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateCommonMetadata(lease, object, old, ["update"]);
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = object.spec;
  if (typeof seconds === "number" && seconds <= 0)
    errors.push(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
  if (typeof transitions === "number" && transitions < 0)
    errors.push(invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
  return errors;
}

export const lease: Kind = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  resource: "leases",
  singular: "lease",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.coordination.v1.Lease",
  unconditionalUpdate: false,
  createOnUpdate: true,
  columns: [
    NAME,
    { name: "Holder", type: "string", description: "Who leads", cell: ({ spec }) => spec?.holderIdentity ?? "" },
    AGE,
  ],
  setDefaults: (object) => {
    dropZeros(object, lease.schema);
    object.spec ??= {};
  },
  prepareCreate: dropGated,
  prepareUpdate: dropGated,
  validate,
  federation: { rule: "root" },
};
