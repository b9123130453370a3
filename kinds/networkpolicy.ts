// NetworkPolicy (networking.k8s.io/v1). Stored at the root; who may talk to whom is each cluster's own matter for now.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { portNumber } from "./podspec/containers.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden, invalid, invalidEach, notSupported, required } from "./rules/errors.ts";
import { contains, legacyCIDR, parseCIDR, warnCIDR } from "./rules/ip.ts";
import { validateLabelSelector, validateMetadata } from "./rules/metadata.ts";
import { portName } from "./rules/names.ts";
import { formatLabelSelector } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP"];
const TYPES = ["Ingress", "Egress"];

/** The rules of both directions, each with where its peers stand. */
function rulesOf(spec: Loose): { rule: Loose; field: string; peers: "from" | "to" }[] {
  return [
    ...(spec.ingress ?? []).map((rule: Loose, i: number) => ({ rule, field: `spec.ingress[${i}]`, peers: "from" })),
    ...(spec.egress ?? []).map((rule: Loose, i: number) => ({ rule, field: `spec.egress[${i}]`, peers: "to" })),
  ];
}

function blocksOf(spec: Loose): { block: Loose; field: string }[] {
  return rulesOf(spec).flatMap(({ rule, field, peers }) =>
    (rule[peers] ?? []).flatMap(({ ipBlock }: Loose, i: number) =>
      ipBlock ? [{ block: ipBlock, field: `${field}.${peers}[${i}].ipBlock` }] : [],
    ),
  );
}

function setDefaults(object: KubeObject): void {
  dropZeros(object, networkPolicy.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.podSelector ??= {};
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  for (const { rule } of rulesOf(spec)) for (const port of rule.ports ?? []) port.protocol ??= "TCP";
}

function validatePort({ protocol, port, endPort }: Loose, path: string): FieldError[] {
  const errors = PROTOCOLS.includes(protocol) ? [] : [notSupported(`${path}.protocol`, protocol, PROTOCOLS)];
  const ended = typeof endPort === "number";
  if (typeof port === "number") {
    errors.push(...portNumber(`${path}.port`, port));
    if (!ended) return errors;
    // The value that is printed is the port, not its end: upstream's slip.
    if (endPort < port) errors.push(invalid(`${path}.endPort`, port, "must be greater than or equal to `port`"));
    errors.push(...portNumber(`${path}.endPort`, endPort));
  } else if (typeof port === "string") {
    if (ended) errors.push(invalid(`${path}.endPort`, endPort, "may not be specified when `port` is non-numeric"));
    errors.push(...invalidEach(`${path}.port`, port, portName(port)));
  } else if (ended) {
    errors.push(invalid(`${path}.endPort`, endPort, "may not be specified when `port` is not specified"));
  }
  return errors;
}

function validateBlock({ cidr, except }: Loose, field: string, known: string[]): FieldError[] {
  if (!cidr) return [required(`${field}.cidr`)];
  const errors = legacyCIDR(`${field}.cidr`, cidr, known);
  const outer = parseCIDR(cidr);
  if (outer === undefined) return errors;
  for (const [index, text] of ((except ?? []) as string[]).entries()) {
    const path = `${field}.except[${index}]`;
    errors.push(...legacyCIDR(path, text, known));
    const inner = parseCIDR(text);
    if (inner !== undefined && (!contains(outer, inner) || outer.length >= inner.length))
      errors.push(invalid(path, text, "must be a strict subset of `cidr`"));
  }
  return errors;
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: Loose,
  field: string,
  known: string[],
): FieldError[] {
  const errors = [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${field}.ipBlock`, known) : []),
  ];
  const selects = Boolean(podSelector) || Boolean(namespaceSelector);
  if (!selects && !ipBlock) errors.push(required(field, "must specify a peer"));
  else if (selects && ipBlock) errors.push(forbidden(field, "may not specify both ipBlock and another peer"));
  return errors;
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec } = object;
  const known = blocksOf(old?.spec ?? {}).flatMap(({ block }) => [block.cidr, ...(block.except ?? [])]);
  const errors = [
    ...validateMetadata(networkPolicy, object, old),
    ...validateLabelSelector(spec.podSelector, "spec.podSelector"),
    ...rulesOf(spec).flatMap(({ rule, field, peers }) => [
      ...(rule.ports ?? []).flatMap((port: Loose, i: number) => validatePort(port, `${field}.ports[${i}]`)),
      ...(rule[peers] ?? []).flatMap((peer: Loose, i: number) => validatePeer(peer, `${field}.${peers}[${i}]`, known)),
    ]),
  ];
  const types: string[] = spec.policyTypes;
  if (types.length > TYPES.length)
    return [...errors, invalid("spec.policyTypes", types, "may not specify more than two policyTypes")];
  for (const [index, type] of types.entries())
    if (!TYPES.includes(type)) errors.push(notSupported(`spec.policyTypes[${index}]`, type, TYPES));
  return errors;
}

function warnings({ spec }: KubeObject): string[] {
  return blocksOf(spec).flatMap(({ block, field }) => [
    ...warnCIDR(`${field}.cidr`, block.cidr),
    ...((block.except ?? []) as string[]).flatMap((text, i) => warnCIDR(`${field}.except[${i}]`, text)),
  ]);
}

export const networkPolicy: Kind = {
  group: "networking.k8s.io",
  version: "v1",
  kind: "NetworkPolicy",
  resource: "networkpolicies",
  singular: "networkpolicy",
  namespaced: true,
  shortNames: ["netpol"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.networking.v1.NetworkPolicy",
  generation: true,
  columns: [
    NAME,
    {
      name: "Pod-Selector",
      type: "string",
      description: "Pods it holds for",
      cell: ({ spec }) => formatLabelSelector(spec?.podSelector ?? {}),
    },
    AGE,
  ],
  setDefaults,
  validate,
  warnings,
  federation: { rule: "follower", finds: { pods: "podSelector" } },
};
