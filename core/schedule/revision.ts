// What of a template reaches a member: its revision, the object without status, server metadata and divided fields. Two objects with the
// same revision text never differ in a member. The digest of that text is made by the store (an HMAC, P10), not here.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { FederationRule } from "../../kinds/kind.ts";
import { CONFIRM_DELETIONS_ANNOTATION, PLACEMENT_ANNOTATION, REBALANCE_ANNOTATION } from "../../kinds/placement.ts";
import { canonicalJson, equalJson } from "./canonical.ts";
import { numberAt } from "./followershare.ts";
import { isPod } from "./podtemplate.ts";

export const REVISION_ANNOTATION = "deployment.kubernetes.io/revision";

/** Annotations that belong to the root: bookkeeping of kubectl and of controllers. */
const ROOT_ANNOTATIONS = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION_ANNOTATION,
  PLACEMENT_ANNOTATION,
  REBALANCE_ANNOTATION,
  CONFIRM_DELETIONS_ANNOTATION,
]);

export function revisionContent(object: KubeObject, rule: FederationRule): string {
  const { status: _status, metadata, ...rest } = object;
  // A container is only ever created, empty: what it holds besides its labels and annotations is the member's own affair.
  const body: Loose =
    rule.rule === "container" ? { apiVersion: object.apiVersion, kind: object.kind } : structured(rest);
  if (rule.rule === "workload") for (const path of rule.divided) removePath(body, path.split("."));
  // Percentages of a follower are not divided.
  if (rule.rule === "follower")
    for (const path of rule.divided ?? []) if (numberAt(object, path) !== undefined) removePath(body, path.split("."));
  // Where it runs is the federation's answer, not a part of the question.
  if (isPod(object)) removePath(body, ["spec", "nodeName"]);
  const kept: Loose = { name: metadata.name };
  if (metadata.namespace !== undefined) kept.namespace = metadata.namespace;
  if (notEmpty(metadata.labels)) kept.labels = metadata.labels;
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => !ROOT_ANNOTATIONS.has(key)),
  );
  if (notEmpty(annotations)) kept.annotations = annotations;
  const { apiVersion, kind, ...fields } = body;
  const tail = canonicalJson(fields).slice(1, -1);
  return `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind)},"metadata":${canonicalJson(kept)}${tail === "" ? "" : `,${tail}`}}`;
}

/** Does a change from `before` to `after` concern the placement or the members at all? (Status and annotation writes do not.) */
export function sameForMembers(before: KubeObject, after: KubeObject, rule: FederationRule): boolean {
  if (before.metadata.uid !== after.metadata.uid) return false;
  if (before.metadata.generation !== after.metadata.generation) return false;
  if (before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp) return false;
  if (before.metadata.deletionGracePeriodSeconds !== after.metadata.deletionGracePeriodSeconds) return false;
  if ((before as Loose).spec?.nodeName !== (after as Loose).spec?.nodeName) return false;
  return sameSources(before, after) || revisionContent(before, rule) === revisionContent(after, rule);
}

/** Everything that a revision's text is made of: most changes are of a status, and need no texts to tell. */
function sameSources(before: KubeObject, after: KubeObject): boolean {
  const { status: _status, metadata: meta, ...fields } = before;
  const { status: _other, metadata: next, ...others } = after;
  return (
    meta.name === next.name &&
    meta.namespace === next.namespace &&
    equalJson(fields, others) &&
    equalJson(meta.labels, next.labels) &&
    equalJson(meta.annotations, next.annotations)
  );
}

// Upstream's alphabet (apimachinery util/rand): no vowels, no look-alikes.
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

/** Stable short name of a pod template (FNV-1a); `collisions` gives another one for the same template. */
export function podTemplateHash(podTemplate: Loose, collisions = 0): string {
  const hash = collisions === 0 ? templateHash(podTemplate) : fnv(`#${collisions}`, templateHash(podTemplate));
  let name = "";
  for (const digit of String(hash)) name += SAFE[Number(digit)] ?? "";
  return name;
}

/** Of templates as they were read, which nobody changes: one decision asks for the same several times. */
const hashes = new WeakMap<object, number>();

function templateHash(podTemplate: Loose): number {
  if (typeof podTemplate !== "object" || podTemplate === null) return fnv(canonicalJson(podTemplate));
  let hash = hashes.get(podTemplate);
  if (hash === undefined) hashes.set(podTemplate, (hash = fnv(canonicalJson(podTemplate))));
  return hash;
}

function fnv(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

function structured(rest: Loose): Loose {
  return { ...rest, ...(rest.spec === undefined ? {} : { spec: { ...rest.spec } }) };
}

/** Copies along the path, so that the caller's object stays as it is. */
function removePath(body: Loose, path: string[]): void {
  let at = body;
  for (const [index, step] of path.entries()) {
    if (at === null || typeof at !== "object" || !(step in at)) return;
    if (index === path.length - 1) delete at[step];
    else at = at[step] = Array.isArray(at[step]) ? [...at[step]] : { ...at[step] };
  }
}

function notEmpty(map: object | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0;
}
