// The ControllerRevisions shown at the root: one per distinct pod template of a StatefulSet or DaemonSet, so that `kubectl rollout history|undo`
// reads what it always read. They are records, as replicasets.ts' are: each member keeps its own, whose names are other ones. Data is the
// strategic merge patch that puts the template back, the newest number is what stands; equal templates share one.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { matchesLabels, selectorFromObject } from "../../kinds/rules/selector.ts";
import { controlled } from "../../kinds/rules/owners.ts";
import { canonicalJson, equalJson } from "./canonical.ts";
import type { HistoryEntry } from "./decision.ts";
import { podTemplateHash } from "./revision.ts";

export const CONTROLLERREVISIONS = "controllerrevisions.apps";
const PREFIX_MAX = 223;
const COLLISIONS_MAX = 20;
const DEFAULT_LIMIT = 10;

/** The label that names the hash, by kind (pkg/controller/history, apps.DefaultDaemonSetUniqueLabelKey). */
const HASH_LABELS: Readonly<Record<string, string>> = {
  StatefulSet: "controller.kubernetes.io/hash",
  DaemonSet: "controller-revision-hash",
};

export interface HistoryInput {
  workload: KubeObject;
  /** ControllerRevisions that it controls, that it may adopt, or that have a candidate's name. */
  existing: readonly KubeObject[];
  uid(): string;
  /** RFC 3339. */
  now: string;
}

export interface HistoryPlan {
  /** New state of those that change. */
  write: KubeObject[];
  remove: string[];
  /** Oldest first; the last one is current. */
  history: HistoryEntry[];
  /** One too many is there, whose pods still run. */
  lingering: boolean;
}

export const keepsHistory = ({ kind }: Pick<KubeObject, "kind">): boolean => HASH_LABELS[kind] !== undefined;

/** Names that the current pod template may have: what to read before planning. More than one only after collisions. */
export function historyNames(workload: KubeObject, count = 3): string[] {
  return Array.from({ length: count }, (_, collisions) => `${prefixOf(workload)}${hashOf(workload, collisions)}`);
}

/** What all names of its revisions begin with. */
export function prefixOf({ metadata }: KubeObject): string {
  return `${metadata.name.slice(0, PREFIX_MAX)}-`;
}

function hashOf(workload: KubeObject, collisions: number): string {
  // Of its kind too: a StatefulSet and a DaemonSet of one name and template are two.
  return podTemplateHash({ kind: workload.kind, data: dataOf(workload) }, collisions);
}

export function planHistory({ workload, existing, uid, now }: HistoryInput): HistoryPlan {
  const own = existing.filter((one) => isOwn(one, workload)).sort(byNumber);
  const data = dataOf(workload);
  const equal = own.filter((one) => equalJson(one["data"], data)).at(-1);
  const old = own.filter((one) => one !== equal);
  const next = Math.max(0, ...old.map(numberOf)) + 1;
  const current =
    equal === undefined
      ? made(workload, { existing, data, number: next, uid, now })
      : { ...equal, revision: Math.max(numberOf(equal), next) };
  const surplus = surplusOf(workload, old);
  const kept = [...old.filter((one) => !surplus.includes(one)), current].map((one) => adopted(one, workload));
  const before = new Map(own.map((one) => [one.metadata.name, one]));
  return {
    write: kept.filter((one) => !equalJson(one, before.get(one.metadata.name))),
    remove: surplus.map(({ metadata }) => metadata.name),
    history: kept.map((one) => ({ number: numberOf(one), name: one.metadata.name })),
    lingering: excess(workload, kept.length - 1) > 0,
  };
}

/** The patch of upstream's getPatch, in the order in which Go writes it: kubectl compares the bytes. */
function dataOf(workload: KubeObject): Loose {
  const template = { ...(workload as Loose).spec?.template, $patch: "replace" };
  return JSON.parse(canonicalJson({ spec: { template } }));
}

const numberOf = (revision: KubeObject): number =>
  typeof revision["revision"] === "number" ? revision["revision"] : 0;

/** As upstream sorts them: by number, then age, then name. */
function byNumber(a: KubeObject, b: KubeObject): number {
  const age = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? "";
  return (
    numberOf(a) - numberOf(b) ||
    (age(a) === age(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : age(a) < age(b) ? -1 : 1)
  );
}

/** Its own, or one that nobody controls and whose labels it selects: adopted, as upstream does. */
function isOwn(revision: KubeObject, workload: KubeObject): boolean {
  if (revision.metadata.deletionTimestamp !== undefined) return false;
  if (!controlled(revision)) {
    const selector = selectorFromObject((workload as Loose).spec?.selector);
    return selector !== undefined && selector.length > 0 && matchesLabels(selector, revision.metadata.labels);
  }
  return (
    revision.metadata.ownerReferences?.some(
      (owner) => owner.controller === true && owner.uid === workload.metadata.uid,
    ) ?? false
  );
}

function adopted(revision: KubeObject, workload: KubeObject): KubeObject {
  if (controlled(revision)) return revision;
  const ownerReferences = [...(revision.metadata.ownerReferences ?? []), controllerRef(workload)];
  return { ...revision, metadata: { ...revision.metadata, ownerReferences } };
}

function controllerRef({ apiVersion, kind, metadata }: KubeObject): Loose {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "", controller: true, blockOwnerDeletion: true };
}

/** The oldest beyond revisionHistoryLimit, but for those whose pods still run. */
function surplusOf(workload: KubeObject, old: readonly KubeObject[]): KubeObject[] {
  const { status } = workload as Loose;
  return old
    .slice(0, excess(workload, old.length))
    .filter(({ metadata }) => metadata.name !== status?.currentRevision && metadata.name !== status?.updateRevision);
}

/** How many of `count` old ones are too many. */
function excess(workload: KubeObject, count: number): number {
  const limit = (workload as Loose).spec?.revisionHistoryLimit ?? DEFAULT_LIMIT;
  return limit < 0 ? 0 : Math.max(0, count - limit);
}

interface Making extends Pick<HistoryInput, "existing" | "uid" | "now"> {
  data: Loose;
  number: number;
}

function made(workload: KubeObject, { existing, data, number, uid, now }: Making): KubeObject {
  const taken = new Set(existing.map(({ metadata }) => metadata.name));
  const names = historyNames(workload, COLLISIONS_MAX);
  const collisions = names.findIndex((name) => !taken.has(name));
  const name = names[collisions];
  const { namespace = "", annotations } = workload.metadata;
  if (name === undefined) throw new Error(`no name for a ControllerRevision of ${namespace}/${workload.metadata.name}`);
  const labels = {
    ...(workload as Loose).spec?.template?.metadata?.labels,
    [HASH_LABELS[workload.kind] ?? ""]: hashOf(workload, collisions),
  };
  return {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name,
      namespace,
      uid: uid(),
      creationTimestamp: now,
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(workload)] as never,
    },
    data,
    revision: number,
  };
}
