// What of a running Pod changes only through endpoints of its own: cpu and memory (pods/resize) and containers for debugging
// (pods/ephemeralcontainers). The federation's object has them in its spec; here they are passed on the way the member wants them, before
// and after the rest is applied. Nothing is taken away: neither endpoint can.
import type { JsonObject, KubeObject, Loose } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import type { Failure } from "./member.ts";
import { isOurs } from "./ownership.ts";
import type { Parts } from "./parts.ts";

const LISTS = ["initContainers", "containers"] as const;

const isPod = ({ key }: Entry): boolean => key.resource === "pods" && key.apiVersion === "v1";

/** Takes the debugging containers out of the object that is applied, which would be refused with them. */
export function takeEphemeral(entry: Entry, object: KubeObject): JsonObject[] {
  if (!isPod(entry)) return [];
  const { ephemeralContainers, ...spec } = (object["spec"] ?? {}) as Loose;
  object["spec"] = spec;
  return ephemeralContainers ?? [];
}

/** Gives the running pod what it is to have of cpu and memory; a failure, when it was refused. */
export async function resize({ member }: Parts, entry: Entry, object: KubeObject): Promise<Failure | undefined> {
  if (!isPod(entry) || entry.memberUid === undefined) return undefined;
  const live = await member.get(entry.key);
  // Gone, or another's: applying it finds out.
  if (!live.ok || !isOurs(live.object, entry) || live.object.metadata.deletionTimestamp !== undefined) return undefined;
  const changed: Record<string, JsonObject[]> = {};
  for (const list of LISTS) {
    const resources = new Map(containersOf(live.object, list).map((one) => [one.name, one.resources]));
    const differing = containersOf(object, list).filter(
      ({ name, resources: wanted }) => resources.has(name) && !holds(resources.get(name), wanted),
    );
    if (differing.length > 0)
      changed[list] = differing.map(({ name, resources: wanted }) => ({ name, resources: wanted }));
  }
  if (Object.keys(changed).length === 0) return undefined;
  const result = await member.patchPart(entry.key, "resize", patch(entry.memberUid, changed));
  return result.ok ? undefined : result;
}

/** Adds those containers that the pod does not have yet; a failure, when that was refused. */
export async function addEphemeral(
  { member }: Parts,
  entry: Entry,
  live: KubeObject,
  wanted: readonly JsonObject[],
): Promise<Failure | undefined> {
  const there = new Set(containersOf(live, "ephemeralContainers").map(({ name }) => name));
  const missing = wanted.filter(({ name }) => !there.has(name));
  if (missing.length === 0) return undefined;
  const body = patch(live.metadata.uid ?? "", {
    // A merge puts what is new first.
    "$setElementOrder/ephemeralContainers": wanted.map(({ name }) => ({ name })) as JsonObject[],
    ephemeralContainers: missing,
  });
  const result = await member.patchPart(entry.key, "ephemeralcontainers", body);
  return result.ok ? undefined : result;
}

function containersOf(object: KubeObject, list: string): Loose[] {
  return (object as Loose).spec?.[list] ?? [];
}

/** All that is wanted, whatever the member's own admission added. */
function holds(live: Loose, wanted: Loose): boolean {
  return ["requests", "limits"].every((field) =>
    Object.entries(wanted?.[field] ?? {}).every(([resource, amount]) => live?.[field]?.[resource] === amount),
  );
}

/** A strategic merge patch, refused when another object has the name by now. */
const patch = (uid: string, spec: Record<string, JsonObject[]>): string => JSON.stringify({ metadata: { uid }, spec });
