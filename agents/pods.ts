// Sees the pods and EndpointSlices that placed workloads made, and the member's warnings about them. All pods but the system's are watched, since pods do
// not carry our label (that would be a change of the user's pod template); of those that are not ours nothing is kept. A pod that somebody
// placed himself is told of by its own report.
import { BINDING_LABEL } from "../kinds/binding.ts";
import type { KubeObject, Loose } from "../kinds/object.ts";
import type { ObservedResource } from "../kinds/protocol.ts";
import type { Served } from "./member.ts";
import type { Observations } from "./observed.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";
import { follow } from "./podfollow.ts";
import { createOwners, type Owners } from "./podowner.ts";
import { followWarnings } from "./podevents.ts";

/** Namespaces of the system are never placed. */
const NOT_SYSTEM = { fieldSelector: "metadata.namespace!=kube-system" };
const LATER_MS = 500;
const MAX_LATER = 1_000;

interface Watched {
  resource: ObservedResource;
  served: Served;
  query: Record<string, string>;
  compact(object: KubeObject): KubeObject;
}

const WATCHED: readonly Watched[] = [
  {
    resource: "pods",
    served: { apiVersion: "v1", kind: "Pod", resource: "pods" },
    query: NOT_SYSTEM,
    compact: compactPod,
  },
  {
    resource: "endpointslices.discovery.k8s.io",
    served: { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", resource: "endpointslices" },
    query: { labelSelector: "kubernetes.io/service-name", ...NOT_SYSTEM },
    compact: compactObject,
  },
];

export async function observePods(parts: Parts, observations: Observations): Promise<void> {
  const owners = createOwners(parts);
  while ((await parts.sameMember()) !== undefined && !parts.signal.aborted) await pause(LATER_MS, parts.signal);
  await Promise.all([
    ...WATCHED.map((watched) => observeResource(parts, observations, owners, watched)),
    followWarnings(parts, observations, owners),
  ]);
}

async function observeResource(
  parts: Parts,
  observations: Observations,
  owners: Owners,
  { resource, served, query, compact }: Watched,
): Promise<void> {
  const { signal } = parts;
  /** The object it belongs to is being made: its uid is not recorded yet. */
  const later = new Map<string, KubeObject>();

  async function judge(object: KubeObject): Promise<void> {
    const uid = object.metadata.uid ?? "";
    later.delete(uid);
    if (object.metadata.labels?.[BINDING_LABEL] !== undefined) return;
    const owner = await owners.of(object);
    if (owner === "later") {
      if (later.size < MAX_LATER) later.set(uid, object);
    } else if (owner === "foreign") observations.gone(uid);
    else await observations.saw(owner.uid, resource, compact(object));
  }

  async function lookAgain(): Promise<void> {
    while (!signal.aborted) {
      await pause(LATER_MS, signal);
      // A copy: what is still too early is put back, and would be looked at without end.
      const early = [...later.values()];
      for (const object of early) await judge(object);
    }
  }

  const follower = {
    served,
    query,
    async saw(object: KubeObject, deleted: boolean) {
      if (!deleted) return judge(object);
      later.delete(object.metadata.uid ?? "");
      observations.gone(object.metadata.uid ?? "");
    },
    listed: (uids: ReadonlySet<string>) => observations.listed(resource, uids),
  };
  await Promise.all([follow(parts, follower, () => observations.again()), lookAgain()]);
}

/** Without what only the member needs; who owns it there is said by the binding. */
function compactObject(object: KubeObject): KubeObject {
  const { managedFields: _fields, resourceVersion: _version, ownerReferences: _owners, ...metadata } = object.metadata;
  const { "kubectl.kubernetes.io/last-applied-configuration": _applied, ...annotations } = metadata.annotations ?? {};
  const { annotations: _all, ...rest } = metadata;
  return { ...object, metadata: { ...rest, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) } };
}

const TOKEN_VOLUME = /^kube-api-access-/;

/** The service account's token is mounted by the member itself. */
function compactPod(object: KubeObject): KubeObject {
  const compact = compactObject(object);
  const spec: Loose = { ...compact["spec"] };
  const named = (one: Loose): boolean => TOKEN_VOLUME.test(one?.name ?? "");
  for (const list of ["containers", "initContainers"])
    if (Array.isArray(spec[list]))
      spec[list] = spec[list].map((one: Loose) =>
        Array.isArray(one.volumeMounts)
          ? without(
              one,
              "volumeMounts",
              one.volumeMounts.filter((mount: Loose) => !named(mount)),
            )
          : one,
      );
  if (Array.isArray(spec.volumes))
    return {
      ...compact,
      spec: without(
        spec,
        "volumes",
        spec.volumes.filter((one: Loose) => !named(one)),
      ),
    };
  return { ...compact, spec };
}

function without(object: Loose, field: string, left: Loose[]): Loose {
  const { [field]: _list, ...rest } = object;
  return left.length > 0 ? { ...object, [field]: left } : rest;
}
