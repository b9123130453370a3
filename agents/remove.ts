// Carries out tombstones (P3), the only reason to delete anything. Deletes exactly the object with the recorded uid; whatever else stands under the
// name is untouched and counts as done. A container goes only when we made it and nothing foreign is inside.
import { BINDING_LABEL } from "../kinds/binding.ts";
import type { KubeObject } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import { backoffMs } from "./live.ts";
import type { Failure, Result, Served } from "./member.ts";
import { failWith, where } from "./outcome.ts";
import { settle, waitsFor } from "./order.ts";
import { isOurs } from "./ownership.ts";
import type { Parts } from "./parts.ts";

/** How soon to look again whether what we deleted is gone; its watch event comes first as a rule. */
const GONE = { first: 200, most: 10_000 };

export async function remove(parts: Parts, entry: Entry): Promise<void> {
  if (entry.removed) return parts.reporter.note(entry);
  // The federation's data was replaced: nothing is deleted until an admin has confirmed it.
  if (!isToGo(parts, entry)) return;
  if (entry.memberUid === undefined && !entry.intent) return gone(parts, entry, "never made");

  const live = await parts.member.get(entry.key);
  if (!live.ok) return live.code === 404 ? gone(parts, entry, "gone") : failWith(parts, entry, live);
  if (!isOurs(live.object, entry)) return gone(parts, entry, "not ours");
  // What it was made for is still going.
  if (waitsFor(parts, entry) !== undefined) return lookAgain(parts, entry);
  const uid = live.object.metadata.uid ?? "";
  // On its way, unless it is to go sooner.
  if (live.object.metadata.deletionTimestamp !== undefined && !isHurried(entry, live.object))
    return lookAgain(parts, entry);
  if (entry.policy === "ensure") {
    // What is wanted in it may be on its way there: deleted with the namespace it would be made for nothing.
    if (wantedInside(parts, entry.key.name)) return lookAgain(parts, entry);
    const inside = await contents(parts, entry.key.name);
    if (!inside.ok) return failWith(parts, entry, inside);
    if (inside.foreign !== undefined) return gone(parts, entry, `kept: ${inside.foreign} is inside`);
    if (inside.ours) return lookAgain(parts, entry);
  }
  // Asked again: while the member was read, the object may have been wanted again, or the federation's data replaced.
  if (!isToGo(parts, entry)) return;
  if (entry.policy === "ensure" && wantedInside(parts, entry.key.name)) return lookAgain(parts, entry);
  const result = await parts.member.remove(entry.key, uid, entry);
  parts.step("deleted");
  if (!result.ok && result.code === 404) return gone(parts, entry, "gone");
  // 409: another uid by now. The next look decides.
  if (!result.ok && result.code === 409) return lookAgain(parts, entry);
  if (!result.ok) return failWith(parts, entry, result);
  if (result.gone) return gone(parts, entry, "deleted");
  const after = await parts.member.get(entry.key);
  if (!after.ok && after.code === 404) return gone(parts, entry, "deleted");
  if (after.ok && after.object.metadata.uid !== uid) return gone(parts, entry, "deleted");
  lookAgain(parts, entry);
}

/** Less time than it was given. */
function isHurried({ graceSeconds }: Entry, { metadata }: KubeObject): boolean {
  return graceSeconds !== undefined && graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0);
}

/** Still tombstoned, and deletions are not on hold. What was pulled meanwhile is in the queue already. */
function isToGo({ state }: Parts, entry: Entry): boolean {
  return entry.tombstone && state.meta("hold") !== "1";
}

function lookAgain({ lives, queue, random }: Parts, entry: Entry): void {
  lives.unsettled.add(entry);
  queue.add(entry, backoffMs(lives.of(entry).attempts++, random(), GONE));
}

function gone(parts: Parts, entry: Entry, how: string): void {
  const { state, queue, reporter, log } = parts;
  // Wanted again while it was being removed: then it is not gone for good, and its next apply finds out what stands.
  if (!entry.tombstone) return;
  // What was never made may still be: a federation that was restored to before its deletion wants it for the first time.
  if (entry.once === true && (entry.memberUid !== undefined || entry.intent)) state.end(entry.uid);
  entry.removed = true;
  entry.applied = 0;
  entry.memberUid = undefined;
  const adopted = entry.adopted !== undefined;
  entry.intent = false;
  entry.adopted = undefined;
  entry.failure = undefined;
  state.save(entry);
  settle(parts, entry);
  log("removed", { ...where(entry), how, ...(adopted ? { adopted } : {}) });
  reporter.note(entry);
  // A new binding for the same name was waiting.
  for (const sibling of state.siblings(entry)) {
    // A container that the new binding found standing was this one.
    if (sibling.policy === "ensure") parts.lives.of(sibling).drift = true;
    queue.add(sibling);
  }
}

function wantedInside({ state }: Parts, namespace: string): boolean {
  for (const { key, tombstone } of state.entries()) if (!tombstone && key.namespace === namespace) return true;
  return false;
}

/** Made by the cluster itself in every namespace, or by its controllers for what is there. */
const OF_THE_CLUSTER = new Set([
  "events",
  "events.events.k8s.io",
  "endpoints",
  "endpointslices.discovery.k8s.io",
  "leases.coordination.k8s.io",
]);
const IN_EVERY_NAMESPACE = new Set(["serviceaccounts/default", "configmaps/kube-root-ca.crt"]);

/** What is in a namespace: something of ours, and the first foreign thing. A kind that cannot be listed fails: unknown is not empty. */
async function contents(parts: Parts, namespace: string): Promise<Result<{ ours: boolean; foreign?: string }>> {
  const kinds = await namespacedKinds(parts);
  if (!kinds.ok) return kinds;
  const owners = new Set(kinds.kinds.map(({ served }) => ownerText(served)));
  let ours = false;
  for (const { served, name } of kinds.kinds) {
    if (OF_THE_CLUSTER.has(name)) continue;
    let more: string | undefined;
    do {
      const query = { limit: "200", ...(more === undefined ? {} : { continue: more }) };
      const listed = await parts.member.list(served, query, namespace);
      // Served but not listable (aggregated reviews and the like).
      if (!listed.ok && (listed.code === 404 || listed.code === 405)) break;
      if (!listed.ok) return listed;
      for (const object of listed.page.items) {
        const judged = judge(parts, name, object, owners);
        if (judged === "foreign") return { ok: true, ours, foreign: `${name}/${object.metadata.name}` };
        ours ||= judged === "ours";
      }
      more = listed.page.continue;
    } while (more !== undefined);
  }
  return { ok: true, ours };
}

/** An owner's kind whatever its version. */
const ownerText = ({ apiVersion, kind }: { apiVersion: string; kind: string }): string =>
  `${apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : ""}/${kind}`;

/** `owners`: kinds whose objects live in namespaces. */
function judge(
  { state }: Parts,
  name: string,
  object: KubeObject,
  owners: ReadonlySet<string>,
): "ours" | "foreign" | "theCluster" {
  const { metadata } = object;
  if (IN_EVERY_NAMESPACE.has(`${name}/${metadata.name}`)) return "theCluster";
  // Objects owned from within follow their owner: judged there. An owner outside of all namespaces is nobody's here.
  if (metadata.ownerReferences?.some((owner) => owners.has(ownerText(owner)))) return "theCluster";
  if (object["type"] === "kubernetes.io/service-account-token") return "theCluster";
  const entry = state.get(metadata.labels?.[BINDING_LABEL] ?? "");
  return entry?.memberUid === metadata.uid && entry !== undefined ? "ours" : "foreign";
}

interface Named {
  served: Served;
  /** "deployments.apps" */
  name: string;
}

interface Discovered {
  groups?: { name: string; preferredVersion: { groupVersion: string } }[];
  resources?: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

async function namespacedKinds({ member }: Parts): Promise<{ ok: true; kinds: Named[] } | Failure> {
  const groups = await member.read("/apis");
  if (!groups.ok) return groups;
  const versions = ((groups.value as Discovered).groups ?? []).map((group) => ({
    group: group.name,
    version: group.preferredVersion.groupVersion,
  }));
  const kinds: Named[] = [];
  for (const { group, version } of [{ group: "", version: "v1" }, ...versions]) {
    const list = await member.read(group === "" ? "/api/v1" : `/apis/${version}`);
    if (!list.ok) return list;
    for (const { name, kind, namespaced, verbs } of (list.value as Discovered).resources ?? []) {
      if (!namespaced || name.includes("/") || !verbs.includes("list")) continue;
      kinds.push({
        served: { apiVersion: version, kind, resource: name },
        name: group === "" ? name : `${name}.${group}`,
      });
    }
  }
  return { ok: true, kinds };
}
