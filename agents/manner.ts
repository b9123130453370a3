// How the Placement wants what stands in the member to be treated, before a further apply is sent to it (P4): a changed field is reported instead
// of healed, an object in which others own fields is left alone, ignored fields are let go of. Refusals are data. The promise of
// `letGo`: a field that is left out of an apply is first taken out of our set, since server-side apply removes what its only owner
// leaves out; the field then has the value it has, and nobody who sets it meets a conflict with us.
import { AGENT_MANAGER, BINDING_LABEL } from "../kinds/binding.ts";
import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from "../kinds/object.ts";
import { dropPath, lostPaths, tokensOf, unsetPaths, valueAt } from "./fields.ts";
import type { Entry } from "./inventory.ts";
import type { Member, Result } from "./member.ts";
import { oursIn } from "./ownership.ts";

export interface Refusal {
  ok: false;
  refused: "Conflict" | "Drifted" | "OwnedByOthers";
  message: string;
}

/** Controllers of Kubernetes itself: what they write belongs to the object. */
const OF_KUBERNETES = new Set([
  "kube-controller-manager",
  "cloud-controller-manager",
  "kube-scheduler",
  "kube-apiserver",
  "kubelet",
]);
/** Fields that make the object the one it is, and ours: never ignored. */
const FIXED = [
  ["apiVersion"],
  ["kind"],
  ["metadata", "name"],
  ["metadata", "namespace"],
  ["metadata", "labels", BINDING_LABEL],
];
const MOST_PATHS = 10;
const TRIES = 4;

/** Nothing new is wanted: what differs was changed in the cluster, and is left. A new generation is a change by the user and goes over it. */
export const leavesDrift = ({ manner, applied, generation, memberUid }: Entry): boolean =>
  manner?.reportDrift === true && applied === generation && memberUid !== undefined;

/** Does an apply to what stands there need a look at it first? */
export const looksFirst = (entry: Entry): boolean => entry.manner?.alone === true || leavesDrift(entry);

/** What the manner refuses, said of the live object; undefined: go on. */
export function refusalOf(entry: Entry, wanted: KubeObject, live: KubeObject): Refusal | undefined {
  if (leavesDrift(entry)) {
    const paths = lostPaths(contentOf(wanted), oursIn(live)?.fieldsV1 ?? { ".": {} }, fieldsOf(live));
    if (paths.length > 0) return { ok: false, refused: "Drifted", message: `changed in the cluster: ${listed(paths)}` };
  }
  if (entry.manner?.alone !== true) return undefined;
  const others = (live.metadata.managedFields ?? []).flatMap((one) => {
    const paths = isOther(one) ? foreignPaths(one, wanted, live) : [];
    return paths.length === 0 ? [] : [`${one.manager} owns ${listed(paths)}`];
  });
  if (others.length === 0) return undefined;
  return { ok: false, refused: "OwnedByOthers", message: others.join("; ") };
}

/** What is sent to an object that stands: `wanted` without the fields at these pointers, which are ours no more. */
export async function letGo(
  member: Pick<Member, "get" | "disown">,
  entry: Entry,
  wanted: KubeObject,
  standing: KubeObject,
  pointers: readonly string[],
): Promise<Result<{ object: KubeObject; copied: boolean; live: KubeObject }>> {
  let live = standing;
  for (let tries = 1; ; tries++) {
    const { object, copied, managedFields } = without(wanted, live, pointers);
    if (managedFields === undefined) return { ok: true, object, copied, live };
    const { uid, resourceVersion } = live.metadata;
    const body = JSON.stringify({ metadata: { uid, resourceVersion, managedFields } });
    const done = await member.disown(entry.key, body);
    if (done.ok) return { ok: true, object, copied, live: done.object };
    // Somebody else wrote meanwhile, a status as a rule.
    if (done.code !== 409 || tries === TRIES) return done;
    const again = await member.get(entry.key);
    if (!again.ok) return again;
    live = again.object;
  }
}

interface Without {
  object: KubeObject;
  /** A part of something that can only be owned whole (an atomic list): it is sent as it is in the cluster. */
  copied: boolean;
  /** The owners without our claim to the fields; undefined: none was ours. */
  managedFields: ManagedFieldsEntry[] | undefined;
}

export function without(wanted: KubeObject, live: KubeObject, pointers: readonly string[]): Without {
  const object = structuredClone(wanted) as KubeObject;
  const ours = oursIn(live);
  const fields = structuredClone(ours?.fieldsV1 ?? { ".": {} });
  let dropped = false;
  let copied = false;
  for (const pointer of pointers) {
    const path = tokensOf(pointer);
    if (path.length === 0 || FIXED.some((fixed) => isWithin(fixed, path))) continue;
    const outcome = dropPath(fields, fieldsOf(wanted), path);
    dropped ||= outcome === "dropped";
    const whole =
      valueAt(fieldsOf(wanted), path) !== undefined &&
      (outcome === "whole" || (outcome === "absent" && isOwnedWhole(live, wanted, path)));
    copied ||= whole;
    put(object, path, whole ? valueAt(fieldsOf(live), path) : undefined);
  }
  compact(object);
  const managedFields = dropped
    ? live.metadata.managedFields?.map((one) => (one === ours ? { ...one, fieldsV1: fields } : one))
    : undefined;
  return { object, copied, managedFields };
}

/** By somebody else, who changed it. */
function isOwnedWhole({ metadata }: KubeObject, wanted: KubeObject, path: readonly string[]): boolean {
  return (metadata.managedFields ?? []).some(
    ({ fieldsV1 }) => fieldsV1 !== undefined && dropPath(structuredClone(fieldsV1), fieldsOf(wanted), path) === "whole",
  );
}

/** `inner` is `outer` or lies in it. */
const isWithin = (inner: readonly string[], outer: readonly string[]): boolean =>
  outer.every((token, index) => inner[index] === token);

function put(object: KubeObject, path: readonly string[], value: JsonValue | undefined): void {
  const parent = valueAt(fieldsOf(object), path.slice(0, -1));
  if (typeof parent !== "object" || parent === null) return;
  const last = path.at(-1) ?? "";
  // A place in a list stays until all pointers are through: they count places of the whole list.
  if (value === undefined && !Array.isArray(parent)) delete parent[last];
  else if (!Array.isArray(parent) || Number(last) < parent.length) (parent as JsonObject)[last] = value as JsonValue;
}

function compact(value: JsonValue | KubeObject | undefined): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) value.splice(0, value.length, ...value.filter((item) => item !== undefined));
  for (const inner of Object.values(value)) compact(inner);
}

/** The same object, to be walked as any JSON. */
const fieldsOf = (object: KubeObject): JsonObject => object as unknown as JsonObject;

/** Without what no set names. */
function contentOf({ apiVersion: _version, kind: _kind, metadata, ...content }: KubeObject): JsonObject {
  const { name: _name, namespace: _namespace, ...described } = metadata;
  return { metadata: described as JsonObject, ...content };
}

const isOther = ({ manager, subresource }: ManagedFieldsEntry): boolean =>
  manager !== AGENT_MANAGER && subresource !== "status" && !OF_KUBERNETES.has(manager ?? "");

function foreignPaths({ fieldsV1 = {} }: ManagedFieldsEntry, wanted: KubeObject, live: KubeObject): string[] {
  const { "f:status": _status, ...fields } = fieldsV1;
  return unsetPaths(fields, fieldsOf(wanted), fieldsOf(live));
}

function listed(paths: readonly string[]): string {
  const more = paths.length - MOST_PATHS;
  return `${paths.slice(0, MOST_PATHS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
