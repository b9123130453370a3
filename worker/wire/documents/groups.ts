// The groups and versions of a table of kinds, in the order clients rely on: kubectl resolves ambiguous names by the first group.
import type { Kind, Verb } from "../../../kinds/kind.ts";

export interface GroupVersion {
  group: string;
  version: string;
  /** By resource name. */
  kinds: Kind[];
}

export interface Group {
  /** "" for the core group. */
  name: string;
  /** Preferred version first. */
  versions: GroupVersion[];
}

// Upstream's group priorities (kubernetes pkg/controlplane/apiserver/aggregator.go); groups that it does not know come after.
const ORDER = [
  "",
  "apiregistration.k8s.io",
  "apps",
  "events.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "scheduling.k8s.io",
  "coordination.k8s.io",
  "node.k8s.io",
  "discovery.k8s.io",
  "resource.k8s.io",
  "flowcontrol.apiserver.k8s.io",
];

function rank(group: string): number {
  const index = ORDER.indexOf(group);
  return index < 0 ? ORDER.length : index;
}

/** Sorts v2 before v1 before v1beta1 before v1alpha1 (apimachinery pkg/version CompareKubeAwareVersionStrings, reversed). */
function compareVersions(a: string, b: string): number {
  const parse = (text: string): [number, number, number] => {
    const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text) ?? [];
    if (major === undefined) return [-1, 0, 0];
    return [stage === undefined ? 2 : stage === "beta" ? 1 : 0, Number(major), Number(minor ?? 0)];
  };
  const [left, right] = [parse(a), parse(b)];
  for (let index = 0; index < 3; index++) if (left[index] !== right[index]) return right[index]! - left[index]!;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function groupsOf(kinds: readonly Kind[]): Group[] {
  const groups = new Map<string, Map<string, Kind[]>>();
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>();
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]);
    groups.set(kind.group, versions);
  }
  return [...groups]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, versions]) => ({
      name,
      versions: [...versions]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, members]) => ({
          group: name,
          version,
          kinds: members.sort((a, b) => (a.resource < b.resource ? -1 : 1)),
        })),
    }));
}

export interface Subresource {
  name: string;
  /** Set where the subresource speaks of another kind than its parent. */
  other?: { group: string; version: string; kind: string };
  /** What it reads and writes. */
  schema: string;
  /** By name. */
  verbs: Verb[];
}

const SCALE = {
  other: { group: "autoscaling", version: "v1", kind: "Scale" },
  schema: "io.k8s.api.autoscaling.v1.Scale",
};
const POSTED = {
  binding: { other: { group: "", version: "v1", kind: "Binding" }, schema: "io.k8s.api.core.v1.Binding" },
  eviction: { other: { group: "policy", version: "v1", kind: "Eviction" }, schema: "io.k8s.api.policy.v1.Eviction" },
};

/** All that worker/wire/parts.ts serves below an object, by name; no more may be done there than to the kind itself. */
export function subresourcesOf(kind: Kind): Subresource[] {
  const allowed = (...verbs: Verb[]): Verb[] => verbs.filter((verb) => kind.verbs.includes(verb));
  const own = { schema: kind.schema, verbs: allowed("get", "patch", "update") };
  const ofStatus = own.verbs.filter((verb) => kind.refuses?.(verb, "status") === undefined);
  const found: Subresource[] = Object.keys(kind.parts ?? {}).map((name) => ({ name, ...own }));
  if (kind.scale) found.push({ name: "scale", ...SCALE, verbs: own.verbs });
  if (kind.status) found.push({ name: "status", ...own, verbs: ofStatus });
  if (kind.finalize) found.push({ name: "finalize", ...own, verbs: allowed("update") });
  for (const name of kind.posts ?? []) found.push({ name, ...POSTED[name], verbs: allowed("create") });
  const sorted = found.filter(({ verbs }) => verbs.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
  return kind.structural === undefined ? sorted : sorted.reverse();
}
