// Discovery documents from the table of kinds: the old way (APIVersions, APIGroupList, APIGroup, APIResourceList) and aggregated
// (apidiscovery.k8s.io APIGroupDiscoveryList). Pure: values in, plain objects out; documents.ts turns them into answers.
import { formatApiVersion } from "../../../kinds/object.ts";
import type { Kind } from "../../../kinds/kind.ts";
import { type Group, type GroupVersion, subresourcesOf } from "./groups.ts";

type Doc = Record<string, unknown>;

/** GET /api. Clients do not use the addresses; an empty list keeps them on the URL they already have. */
export function apiVersions(core: Group): Doc {
  return { kind: "APIVersions", versions: core.versions.map(({ version }) => version), serverAddressByClientCIDRs: [] };
}

function versionDoc(group: string, version: string): Doc {
  return { groupVersion: formatApiVersion(group, version), version };
}

function groupDoc({ name, versions }: Group): Doc {
  const docs = versions.map(({ version }) => versionDoc(name, version));
  return { name, versions: docs, preferredVersion: docs[0] };
}

/** GET /apis/<group>. */
export function apiGroup(group: Group): Doc {
  return { kind: "APIGroup", apiVersion: "v1", ...groupDoc(group) };
}

/** GET /apis. */
export function apiGroupList(groups: readonly Group[]): Doc {
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.filter(({ name }) => name !== "").map(groupDoc) };
}

/** The handler of custom resources lists them in an order of its own. */
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

const verbsOf = ({ structural, verbs }: Kind): readonly string[] =>
  structural === undefined ? [...verbs].sort() : CUSTOM_VERBS;

/** GET /api/v1, /apis/<group>/<version>. `hash` gives a kind's storageVersionHash. */
export function apiResourceList({ group, version, kinds }: GroupVersion, hash: (kind: Kind) => string): Doc {
  const resources = kinds.flatMap((kind) => [
    {
      name: kind.resource,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: verbsOf(kind),
      ...(kind.shortNames && { shortNames: kind.shortNames }),
      ...(kind.categories && { categories: kind.categories }),
      // Only what is stored has one: ComponentStatus is not, nor what is only created.
      ...(kind.verbs.includes("watch") && { storageVersionHash: hash(kind) }),
    },
    ...subresourcesOf(kind).map((sub) => ({
      name: `${kind.resource}/${sub.name}`,
      singularName: "",
      namespaced: kind.namespaced,
      ...(sub.other && formatApiVersion(sub.other.group, sub.other.version) !== formatApiVersion(group, version)
        ? sub.other
        : { kind: (sub.other ?? kind).kind }),
      verbs: sub.verbs,
    })),
  ]);
  // Upstream leaves apiVersion out for the legacy group only.
  return {
    kind: "APIResourceList",
    ...(group !== "" && { apiVersion: "v1" }),
    groupVersion: formatApiVersion(group, version),
    resources,
  };
}

// In responseKind "" stands for the group and version of the list.
function discoveredResource(kind: Kind): Doc {
  const said = ({ group, version, kind: name }: Pick<Kind, "group" | "version" | "kind">): Doc =>
    group === kind.group && version === kind.version
      ? { group: "", version: "", kind: name }
      : { group, version, kind: name };
  const own = said(kind);
  const subresources = subresourcesOf(kind).map((sub) => ({
    subresource: sub.name,
    responseKind: said(sub.other ?? kind),
    verbs: sub.verbs,
  }));
  return {
    resource: kind.resource,
    responseKind: own,
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: [...kind.verbs].sort(),
    ...(kind.shortNames && { shortNames: kind.shortNames }),
    ...(kind.categories && { categories: kind.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}

/** The aggregated form of /api (the core group alone) or /apis (all others). */
export function aggregated(groups: readonly Group[], apiVersion: "v2" | "v2beta1"): Doc {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === "" ? {} : { name },
      versions: versions.map(({ version, kinds }) => ({
        version,
        resources: kinds.map(discoveredResource),
        freshness: "Current",
      })),
    })),
  };
}
