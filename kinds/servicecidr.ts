// ServiceCIDR (networking.k8s.io/v1): a range that Services take their addresses from. At the root nothing takes from it (root addresses
// are of 240.0.0.0/4, kinds/service/addresses.ts); it is stored as written.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid, required } from "./rules/errors.ts";
import { parseCIDR, strictCIDR } from "./rules/ip.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

const FIELD = "spec.cidrs";
const IMMUTABLE = "field is immutable";

function setDefaults(object: KubeObject): void {
  dropZeros(object, serviceCIDR.schema);
  object.spec ??= {};
  object.status ??= {};
}

function validateRanges(cidrs: string[]): FieldError[] {
  if (cidrs.length === 0) return [required(FIELD, "at least one CIDR required")];
  // Upstream's internal spec in Go's spelling.
  if (cidrs.length > 2) return [invalid(FIELD, { CIDRs: cidrs }, "may only hold up to 2 values")];
  const errors = cidrs.flatMap((cidr, index) => strictCIDR(`${FIELD}[${index}]`, cidr));
  const [first, second] = cidrs.map((cidr) => parseCIDR(cidr)?.family);
  if (cidrs.length === 2 && first !== undefined && first === second) {
    const detail = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
    errors.push(invalid(FIELD, cidrs, detail));
  }
  return errors;
}

/** Only a second range may come, for the other family. */
function validateChange(cidrs: string[], before: string[]): FieldError[] {
  if (cidrs.length === before.length) {
    return cidrs.flatMap((cidr, index) =>
      cidr === before[index] ? [] : [invalid(`${FIELD}[${index}]`, cidr, IMMUTABLE)],
    );
  }
  if (before.length !== 1 || cidrs.length !== 2) return [invalid(FIELD, cidrs, IMMUTABLE)];
  return [...(cidrs[0] === before[0] ? [] : [invalid(`${FIELD}[0]`, cidrs[0], IMMUTABLE)]), ...validateRanges(cidrs)];
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const cidrs: string[] = object.spec.cidrs ?? [];
  return [
    ...validateMetadata(serviceCIDR, object, old),
    ...(old === undefined ? validateRanges(cidrs) : validateChange(cidrs, old.spec?.cidrs ?? [])),
  ];
}

export const serviceCIDR: Kind = {
  group: "networking.k8s.io",
  version: "v1",
  kind: "ServiceCIDR",
  resource: "servicecidrs",
  singular: "servicecidr",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.networking.v1.ServiceCIDR",
  columns: [
    NAME,
    {
      name: "CIDRs",
      type: "string",
      description: "Its ranges",
      cell: ({ spec }) => (spec?.cidrs ?? []).join(","),
    },
    AGE,
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = {};
  },
  validate,
  federation: { rule: "root" },
};
