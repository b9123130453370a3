// CronJobs fire at the root: each time becomes a Job there, which is then placed like any other Job that runs once. At most once per time,
// whatever dies or is lost: the Job, the CronJob's status and what is owed from then on are one commit, by compare-and-set, and a Job whose
// cluster is lost is not made again (Decision.lost). While the federation is dead CronJobs wait (P6).
import { templateName } from "../../kinds/binding.ts";
import { CRONJOBS } from "../../kinds/cronjob.ts";
import { JOBS } from "../../kinds/job.ts";
import { NAMESPACES } from "../../kinds/namespace.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { ownerRef } from "../../kinds/rules/owners.ts";
import { cronEvent, cronEventName, type Told } from "../../core/cron/event.ts";
import { endOf } from "../../core/cron/job.ts";
import { OWED, owedNow, type Owed } from "../../core/cron/owed.ts";
import { dueJobName, tick, type Tick } from "../../core/cron/tick.ts";
import { removal } from "../../core/garbage/removal.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Event, Key, Op, Row } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import { parsed } from "./parsed.ts";
import { keyOf, readObject, writeObject, type Stored } from "./rows.ts";
import { eachRow } from "./scan.ts";
import { writeStatus } from "./status.ts";

const EVENTS = "events";
const OWNER_TEXT = '"kind":"CronJob"';
/** A timer holds no more than 24.8 days; the rest is waited for when it has run out. */
const LONGEST_WAIT_MS = 86_400_000;
/**
 * Times that passed before this process lived wait so long after its start: agents are heard in it, and if the log is an older copy of theirs,
 * they tell (P3), and nothing is handed out a second time.
 */
const HEARD_MS = 15_000;

export const cronController: Controller = {
  name: "cron",
  concurrency: 4,
  wakes,
  resync: everyCronJob,
  start: everyCronJob,
  reconcile,
};

function* wakes(event: Event): Iterable<string> {
  if (event.resource === CRONJOBS) yield templateName(event);
  if (event.resource !== JOBS) return;
  const [is, was] = [event.value, event.previous].map((text) =>
    text?.includes(OWNER_TEXT) === true ? parsed<KubeObject>(text) : undefined,
  );
  const [owner, before] = [is, was].map((job) => job && cronJobOf(job));
  // How far it got does not matter, only whether it ended.
  const same = owner === before && is !== undefined && was !== undefined && endOf(is) === endOf(was);
  if (same) return;
  if (owner !== undefined) yield owner;
  if (before !== undefined && before !== owner) yield before;
}

function cronJobOf({ metadata }: KubeObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.kind !== "CronJob") return undefined;
  return templateName({ resource: CRONJOBS, namespace: metadata.namespace ?? "", name: owner.name });
}

async function* everyCronJob({ store, kindOf }: Context): AsyncIterable<string> {
  if (!kindOf.has(CRONJOBS) || !kindOf.has(JOBS)) return;
  for await (const row of eachRow(store, CRONJOBS)) yield templateName(row);
  // Of CronJobs that went while nobody looked.
  for await (const row of eachRow(store, OWED)) yield templateName({ ...row, resource: CRONJOBS });
}

async function reconcile(name: string, context: Context): Promise<Outcome | void> {
  const { store, world } = context;
  const key = keyOf(name);
  // Before its Jobs: one that another process makes meanwhile comes with another version of this row, and this commit fails.
  const [row, owedRow, { epoch }] = await Promise.all([store.get(key), store.get(owedKey(key)), store.epoch()]);
  if (row === undefined) {
    if (owedRow !== undefined)
      await commit(context, { ops: [{ op: "delete", key: owedKey(key), expect: owedRow.version }] });
    return;
  }
  const cronJob = readObject(row);
  const now = context.clock();
  const before = owedRow === undefined ? undefined : (JSON.parse(owedRow.value) as Owed);
  const { since } = owedNow(cronJob.value, before, { epoch, now });
  const jobs = await jobsOf(cronJob.value, context);
  const asked = { cronJob: cronJob.value, jobs: jobs.map(({ value }) => value), since: Date.parse(since), now };
  const taken = await isTaken(dueJobName(asked), asked.jobs, key.namespace, context);
  const plan = tick({ ...asked, taken, uid: context.uid });
  if (plan.create !== undefined && world.terminating.has(key.namespace)) return;
  const heardMs = context.started + HEARD_MS - now;
  if (plan.served !== undefined && plan.served <= context.started && heardMs > 0) return { againMs: heardMs };
  const owed = owedNow(cronJob.value, before, { epoch, now, served: plan.served });
  const ops = [
    ...statusOps(cronJob, plan, context),
    ...(equalJson(before, owed) ? [] : [writeOwed(key, owed, owedRow)]),
    ...jobOps(plan, jobs, context),
    ...(await eventOps(cronJob.value, plan.told, context)),
  ];
  if (ops.some(({ op }) => op !== "require")) await commit(context, { ops });
  if (plan.againMs !== undefined) return { againMs: Math.max(0, Math.min(plan.againMs, LONGEST_WAIT_MS)) };
}

const owedKey = ({ namespace, name }: Key): Key => ({ resource: OWED, namespace, name });

function writeOwed(key: Key, owed: Owed, before: Row | undefined): Op {
  const value = JSON.stringify(owed);
  return before === undefined
    ? { op: "create", key: owedKey(key), value }
    : { op: "update", key: owedKey(key), value, expect: before.version };
}

async function jobsOf({ metadata }: KubeObject, { store }: Context): Promise<Stored<KubeObject>[]> {
  const rows = await store.listByRef(JOBS, ownerRef(metadata.uid ?? ""));
  const isOwn = ({ value }: Stored<KubeObject>): boolean =>
    value.metadata.namespace === metadata.namespace &&
    value.metadata.ownerReferences?.some(({ uid, controller }) => uid === metadata.uid && controller === true) === true;
  return rows.map(readObject).filter(isOwn);
}

async function isTaken(
  name: string | undefined,
  own: readonly KubeObject[],
  namespace: string,
  { store }: Context,
): Promise<boolean> {
  if (name === undefined || own.some(({ metadata }) => metadata.name === name)) return false;
  return (await store.get({ resource: JOBS, namespace, name })) !== undefined;
}

function statusOps(cronJob: Stored<KubeObject>, { status }: Tick, context: Context): Op[] {
  const { value, version } = cronJob;
  const { namespace = "", name } = value.metadata;
  const kind = context.kindOf.get(CRONJOBS);
  return kind === undefined || equalJson(value["status"] ?? {}, status)
    ? [{ op: "require", key: { resource: CRONJOBS, namespace, name }, expect: version }]
    : [writeStatus(kind, { ...value, status }, cronJob, rfc3339(context.clock()))];
}

function jobOps({ create, remove }: Tick, jobs: readonly Stored<KubeObject>[], context: Context): Op[] {
  const versions = new Map(jobs.map(({ value, version }) => [value, version]));
  const ops = remove.flatMap((job): Op[] => {
    const expect = versions.get(job) ?? 0;
    const next = removal(context.kindOf.get(JOBS), job, "Background", context.clock());
    if (next === job) return [];
    const { namespace = "", name } = job.metadata;
    return next === undefined
      ? [{ op: "delete", key: { resource: JOBS, namespace, name }, expect }]
      : [writeObject(JOBS, next, { version: expect })];
  });
  if (create === undefined) return ops;
  const namespace: Key = { resource: NAMESPACES, namespace: "", name: create.metadata.namespace ?? "" };
  return [...ops, { op: "require", key: namespace }, writeObject(JOBS, create, undefined)];
}

async function eventOps(cronJob: KubeObject, told: readonly Told[], { store, kindOf, uid }: Context): Promise<Op[]> {
  if (told.length === 0 || !kindOf.has(EVENTS)) return [];
  const { namespace = "" } = cronJob.metadata;
  const keys = told.map((one) => ({ resource: EVENTS, namespace, name: cronEventName(cronJob, one) }));
  const standing = new Map((await store.getMany(keys)).map((row) => [row.name, readObject(row)]));
  return told.flatMap((one, index) => {
    const before = standing.get(keys[index]?.name ?? "");
    const event = cronEvent(cronJob, one, before?.value, uid);
    return event === undefined ? [] : [writeObject(EVENTS, event, before)];
  });
}
