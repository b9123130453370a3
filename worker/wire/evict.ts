// POST of a policy/v1 Eviction to pods/…/eviction: a DELETE that asks PodDisruptionBudgets first (kk:pkg/registry/core/pod/storage/eviction.go).
// Budget and pod change in one commit, so a budget is never spent on a pod that stays. Refuses with 429 what a budget does not allow.
import { matchesLabels, selectorFromObject } from "../../core/query/selector.ts";
import { type Kind, kindKey } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { observedOf } from "../../kinds/observed.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import type { Op, Row } from "../store/store.ts";
import { readAs } from "./body.ts";
import { BUDGETS, charge, type Budget } from "./budget.ts";
import { setCondition } from "./conditions.ts";
import { type DeleteOptions, deleteOptionErrors } from "./deleteoptions.ts";
import { type Exchange, keyOf, sendCreated } from "./exchange.ts";
import { passOn } from "./passon.ts";
import { remove } from "./removal.ts";
import { parseRow, storedText } from "./splice.ts";
import { badRequest, conflict, invalidOptions, notFound, tooManyRequests, unclassified } from "./status.ts";
import { committer, settleNamespace, timestamp } from "./write.ts";
import { type WriteOptions, writeOptionsOf } from "./writeoptions.ts";

const EVICTION = { kind: "Eviction", apiVersion: "policy/v1", schema: "io.k8s.api.policy.v1.Eviction" };
const TRIES = 20;

/** @throws ApiError 422, 500 */
function deletionOf(x: Exchange, eviction: KubeObject, options: WriteOptions): DeleteOptions {
  const asked: DeleteOptions = { ...eviction["deleteOptions"] };
  const errors = deleteOptionErrors(asked);
  if (errors.length > 0) throw invalidOptions("DeleteOptions", errors);
  if (options.dryRun) asked.dryRun = ["All"];
  return asked;
}

/** What runs no more, not yet or not much longer disrupts nobody. */
function isIdle({ metadata, status }: KubeObject): boolean {
  const over = ["Succeeded", "Failed", "Pending"].includes(status?.phase);
  return over || metadata.deletionTimestamp !== undefined;
}

function budgetKind(x: Exchange): Kind | undefined {
  return x.options.kinds.all.find((kind) => kindKey(kind) === BUDGETS);
}

async function budgetsOf(x: Exchange, pod: KubeObject): Promise<Budget[]> {
  const { rows } = await x.options.reader.list({ resource: BUDGETS, namespace: x.target.namespace });
  return rows.flatMap((row) => {
    const object = parseRow(row.value, row.version);
    const selector = selectorFromObject(object.spec?.selector);
    return selector !== undefined && matchesLabels(selector, pod.metadata.labels ?? {}) ? [{ row, object }] : [];
  });
}

export async function evict(x: Exchange): Promise<Response> {
  const options = writeOptionsOf(x, "CreateOptions");
  const eviction = await readAs(x, EVICTION, options.validation);
  const { kind, name } = x.target;
  settleNamespace(x, eviction);
  if (eviction.metadata.name !== name) throw badRequest("name in URL does not match name in Eviction object");
  const asked = deletionOf(x, eviction, options);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const row = await x.reader.get(keyOf(x.target));
    if (row === undefined) throw notFound(kind, name);
    const pod = parseRow(row.value, row.version);
    checkPreconditions(x, asked, pod);
    const charged = isIdle(pod) ? undefined : await chargeBudget(x, pod, asked);
    if (observedOf(pod) !== undefined) {
      if (await evictThere(x, row, pod, charged === undefined ? [] : [charged], asked)) return sendCreated(x);
      continue;
    }
    if (!(await announce(x, row, pod, charged, asked))) continue;
    // The preconditions held for what was announced.
    await remove(x, name, { ...asked, preconditions: { uid: pod.metadata.uid } });
    return sendCreated(x);
  }
  throw conflict(kind, name);
}

/** What runs in a cluster. False: something changed meanwhile. @throws ApiError 429 */
async function evictThere(
  x: Exchange,
  row: Row,
  pod: KubeObject,
  also: readonly Op[],
  asked: DeleteOptions,
): Promise<boolean> {
  const dryRun = (asked.dryRun ?? []).length > 0;
  if (pod.metadata.deletionTimestamp !== undefined) return true;
  const evicted = (await x.options.evictObserved?.({ row, also, dryRun })) ?? "passed";
  if (typeof evicted === "object") throw tooManyRequests(`Cannot evict pod: ${evicted.tooMany}`);
  if (evicted === "passed") return (await passOn(x, row, pod, "evict", asked, also)) !== undefined;
  return evicted === "moved";
}

function checkPreconditions(x: Exchange, { preconditions }: DeleteOptions, { metadata }: KubeObject): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const fail = (why: string) => conflict({ group: "", resource: x.target.kind.kind }, metadata.name, why);
  if (uid && uid !== metadata.uid) {
    throw fail(
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw fail(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

/** The budget's row as it is after this eviction; undefined: none is touched. @throws ApiError 403, 429, 500 */
async function chargeBudget(x: Exchange, pod: KubeObject, asked: DeleteOptions): Promise<Op | undefined> {
  const [budget, ...more] = await budgetsOf(x, pod);
  if (budget === undefined) return undefined;
  if (more.length > 0) {
    throw unclassified(
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  const { spec, status = {} } = budget.object;
  const ready = pod.status?.conditions?.some((one: Loose) => one.type === "Ready" && one.status === "True");
  if (!ready) {
    // Nobody is served by it, so its end disrupts nobody who is not disrupted already.
    if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return undefined;
    if ((status.currentHealthy ?? 0) >= (status.desiredHealthy ?? 0) && status.desiredHealthy > 0) return undefined;
  }
  const charged = charge(budget, pod.metadata.name, budgetKind(x), timestamp(x.options.clock()));
  return asked.dryRun?.length ? undefined : charged;
}

/** Says on the pod why it goes, and takes the disruption off the budget. False: one of them changed meanwhile. */
async function announce(
  x: Exchange,
  row: Row,
  pod: KubeObject,
  charged: Op | undefined,
  asked: DeleteOptions,
): Promise<boolean> {
  if (asked.dryRun?.length) return true;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastProbeTime: null,
  };
  const conditions = setCondition(pod.status?.conditions, condition, timestamp(x.options.clock()));
  pod.status = { ...pod.status, conditions };
  const told: Op = {
    op: "update",
    key: keyOf(x.target),
    value: storedText(pod),
    expect: row.version,
    deleting: pod.metadata.deletionTimestamp !== undefined,
    refs: objectRefs(pod),
  };
  return (await committer(x)({ ops: charged === undefined ? [told] : [charged, told] })).ok;
}
