// A template that is gone, or may not leave the root: tombstones for its bindings, its ReplicaSets deleted, and, once no cluster holds it any
// more, its decision, and a Pod itself; what else waits for that is the garbage collector's (garbage.ts). Bindings of clusters that left the
// federation are dropped without a tombstone: what runs there stays there (P3).
import type { Binding } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { ORPHAN } from "../../kinds/rules/owners.ts";
import { release, type Leaving } from "../../core/schedule/binding.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import { REPLICASETS } from "../../core/schedule/replicasets.ts";
import type { Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { Busy, rfc3339, type Context } from "./context.ts";
import { holdBeside } from "./followers.ts";
import {
  bindingKey,
  decisionKey,
  readReport,
  reportKey,
  writeBinding,
  writeObject,
  type InCluster,
  type Stored,
} from "./rows.ts";

export interface Releasing {
  kind: Kind | undefined;
  /** Present while it is being deleted, or when it may not leave the root. */
  template: Stored<KubeObject> | undefined;
  bindings: InCluster<Binding>[];
  decisions: Stored<Decision>[];
  gone: InCluster<Binding>[];
}

export async function releaseAll(
  { kind, template, bindings, decisions, gone }: Releasing,
  context: Context,
): Promise<void> {
  const leaving = leavingOf(template?.value);
  const own = bindings.filter(({ value }) => value.template.uid === template?.value.metadata.uid);
  const ops: Op[] = [
    ...(await tombstones(own, context, leaving)),
    // Of an earlier object of the name: what is said with this one's deletion says nothing of it.
    ...(await tombstones(
      bindings.filter((binding) => !own.includes(binding)),
      context,
    )),
    ...(await dropped(gone, context)),
    ...(leaving.orphan === true ? await holdBeside(own, context) : []),
  ];
  const deleted = template === undefined || template.value.metadata.deletionTimestamp !== undefined;
  if (deleted && leaving.orphan !== true) ops.push(...(await replicaSetDeletions(decisions, context)));
  // Bindings that stand keep the decision: a report may still arrive, and a resync finds its way by it.
  if (bindings.length === 0)
    for (const decision of decisions)
      ops.push({ op: "delete", key: decisionKey(decision.value.template.uid), expect: decision.version });
  if (template !== undefined && deleted && bindings.length === 0) ops.push(...ended(template, kind));
  await commit(context, { ops });
}

/** How the one who deleted the template wants it to leave the clusters. */
function leavingOf(template: KubeObject | undefined): Leaving {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds: graceSeconds } = template?.metadata ?? {};
  if (deletionTimestamp === undefined) return {};
  return {
    ...(finalizers.includes(ORPHAN) ? { orphan: true } : {}),
    // Finalizers alone make it 0 too; of a Pod that its cluster runs it is what was asked for.
    ...(graceSeconds === undefined || graceSeconds === 0 ? {} : { graceSeconds }),
  };
}

/** Bindings of clusters that left, and of an earlier object of the same name. */
export async function forget(
  { gone, stale }: { gone: InCluster<Binding>[]; stale: InCluster<Binding>[] },
  context: Context,
): Promise<void> {
  await commit(context, { ops: [...(await tombstones(stale, context)), ...(await dropped(gone, context))] });
}

/** `leaving`: how it is to be done; tombstones that stand are changed only where this asks for more. */
export async function tombstones(
  bindings: readonly InCluster<Binding>[],
  context: Context,
  leaving: Leaving = {},
): Promise<Op[]> {
  const asks = leaving.orphan !== undefined || leaving.graceSeconds !== undefined;
  const live = bindings.filter((binding) => asks || binding.value.tombstone === undefined);
  if (live.length === 0) return [];
  const rows = await context.store.getMany(live.map(({ cluster, value }) => reportKey(cluster, value.template.uid)));
  const memberUids = new Map(rows.map((row) => [`${row.namespace}/${row.name}`, readReport(row).value.memberUid]));
  const now = rfc3339(context.clock());
  return live.flatMap((binding) => {
    const memberUid = memberUids.get(`${binding.cluster}/${binding.value.template.uid}`);
    const next = release(binding.value, memberUid, now, leaving);
    return next === undefined ? [] : [writeBinding(binding.cluster, next, binding)];
  });
}

/**
 * Deletes the rows of clusters that left. Our memory may lag behind another process's join: the log itself is asked.
 * @throws Busy when it does: a plan that takes a standing binding for gone would place its replicas twice, or forget a template too early
 */
export async function dropped(missing: readonly InCluster<Binding>[], context: Context): Promise<Op[]> {
  if (missing.length === 0) return [];
  const names = [...new Set(missing.map(({ cluster }) => cluster))];
  const standing = new Set(
    (await context.store.getMany(names.map((name) => ({ resource: CLUSTERS, namespace: "", name })))).map(
      (row) => row.name,
    ),
  );
  const gone = missing.filter(({ cluster }) => !standing.has(cluster));
  if (gone.length < missing.length) throw new Busy(`not in memory yet: ${[...standing].join()}`);
  const reports = await context.store.getMany(gone.map(({ cluster, value }) => reportKey(cluster, value.template.uid)));
  return [
    ...gone.map((binding): Op => ({
      op: "delete",
      key: bindingKey(binding.cluster, binding.value.template.uid),
      expect: binding.version,
    })),
    ...reports.map((row): Op => ({
      op: "delete",
      key: { resource: row.resource, namespace: row.namespace, name: row.name },
      expect: row.version,
    })),
  ];
}

export async function replicaSetDeletions(decisions: readonly Stored<Decision>[], context: Context): Promise<Op[]> {
  const keys = new Map<string, { namespace: string; name: string; owner: string }>();
  for (const { value } of decisions) {
    const { namespace, uid } = value.template;
    for (const { replicaSet } of value.revisions) keys.set(replicaSet, { namespace, name: replicaSet, owner: uid });
  }
  const rows =
    keys.size === 0
      ? []
      : await context.store.getMany(
          [...keys.values()].map(({ namespace, name }) => ({ resource: REPLICASETS, namespace, name })),
        );
  return rows
    .filter((row) => row.value.includes(`"${keys.get(row.name)?.owner}"`))
    .map((row): Op => ({
      op: "delete",
      key: { resource: REPLICASETS, namespace: row.namespace, name: row.name },
      expect: row.version,
    }));
}

/**
 * With the last binding gone a Pod is gone from where it ran: we are its kubelet, whose last word is a deletion with no time left. What
 * finalizers hold goes with the last of them.
 */
function ended({ value, version }: Stored<KubeObject>, kind: Kind | undefined): Op[] {
  if (kind?.grace === undefined) return [];
  const { namespace = "", name, finalizers = [], deletionGracePeriodSeconds } = value.metadata;
  const resource = kindKey(kind);
  if (finalizers.length === 0) return [{ op: "delete", key: { resource, namespace, name }, expect: version }];
  if (deletionGracePeriodSeconds === 0) return [];
  const metadata = { ...value.metadata, deletionGracePeriodSeconds: 0 };
  return [writeObject(resource, { ...value, metadata }, { version })];
}
