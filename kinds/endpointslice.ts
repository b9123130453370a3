// EndpointSlice (discovery.k8s.io/v1): addresses behind a Service. The root makes none of its own; those written by hand are stored.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { validateSlice } from "./endpointslice/validate.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid } from "./rules/errors.ts";
import { warnIP } from "./rules/ip.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
/** Controllers that mend what they copy: their addresses are not looked at. */
const TRUSTED = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"];
const SHOWN = 3;

function setDefaults(object: KubeObject): void {
  dropZeros(object, endpointSlice.schema);
  object["addressType"] ??= "";
  // Lists without omitempty, which storage does not keep apart from none.
  for (const list of ["endpoints", "ports"]) if (!(object[list] as Loose[] | undefined)?.length) object[list] = null;
  for (const endpoint of (object["endpoints"] as Loose[]) ?? []) {
    endpoint.addresses ??= null;
    endpoint.conditions ??= {};
  }
  for (const port of (object["ports"] as Loose[]) ?? []) {
    port.name ??= "";
    port.protocol ??= "TCP";
  }
}

/** deprecatedTopology cannot be written through v1, only stay (strategy's dropTopologyOnV1; v1beta1 is not served, so none has any). */
function dropTopology(object: KubeObject): void {
  for (const endpoint of (object["endpoints"] as Loose[]) ?? []) delete endpoint.deprecatedTopology;
}

/** Labels count as a change here. */
function prepareUpdate(object: KubeObject, old: KubeObject): void {
  if (!sameJson(object.metadata.labels, old.metadata.labels))
    object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  dropTopology(object);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const type = object["addressType"];
  return [
    ...validateMetadata(endpointSlice, object, old, ["meta"]),
    ...validateSlice(object, old),
    ...(old !== undefined && type !== old["addressType"] ? [invalid("addressType", type, "field is immutable")] : []),
  ];
}

function warnings(object: KubeObject, old?: KubeObject): string[] {
  const fqdn = old === undefined && object["addressType"] === "FQDN";
  const texts = fqdn ? ["spec.addressType: FQDN endpoints are deprecated"] : [];
  if (TRUSTED.includes(object.metadata.labels?.[MANAGED_BY] ?? "")) return texts;
  return texts.concat(
    ((object["endpoints"] as Loose[]) ?? []).flatMap(({ addresses }, index) =>
      ((addresses ?? []) as string[]).flatMap((text, at) => warnIP(`endpoints[${index}].addresses[${at}]`, text)),
    ),
  );
}

function few(list: string[]): string {
  const text = list.slice(0, SHOWN).join(",");
  if (list.length > SHOWN) return `${text} + ${list.length - SHOWN} more...`;
  return text === "" ? "<unset>" : text;
}

export const endpointSlice: Kind = {
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  resource: "endpointslices",
  singular: "endpointslice",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.discovery.v1.EndpointSlice",
  generation: true,
  columns: [
    NAME,
    {
      name: "AddressType",
      type: "string",
      description: "IPv4, IPv6 or FQDN",
      cell: (object) => (object["addressType"] as string) ?? "",
    },
    {
      name: "Ports",
      type: "string",
      description: "Ports of every endpoint",
      cell: (object) => few(((object["ports"] as Loose[]) ?? []).map(({ port, name }) => String(port ?? name ?? "*"))),
    },
    {
      name: "Endpoints",
      type: "string",
      description: "Addresses",
      cell: (object) => few(((object["endpoints"] as Loose[]) ?? []).flatMap(({ addresses }) => addresses ?? [])),
    },
    AGE,
  ],
  setDefaults,
  prepareCreate: dropTopology,
  prepareUpdate,
  validate,
  warnings,
  federation: { rule: "root" },
};
