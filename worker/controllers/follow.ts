// Followers to bindings: a Service, ConfigMap, Secret or ServiceAccount stands in exactly the clusters where a placed workload needs it, a
// Namespace where anything stands in it; what holds data (PersistentVolumeClaim) comes like them and stays until it is deleted at the root. It comes with or before its workload and leaves after it: while a tombstoned workload's
// binding stands, what it needs stays. Deleted at the root, it leaves at once, unless its last needers are leaving too.
import { BINDINGS, templateName, type Binding, type Share } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { want } from "../../core/schedule/binding.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { FollowerRule } from "../../core/schedule/finding.ts";
import { NAMESPACES, SERVICES, selects, serviceSelector, type Labels } from "../../core/schedule/followers.ts";
import { sameForMembers } from "../../core/schedule/revision.ts";
import type { Event, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { Busy, rfc3339, type Context, type Controller } from "./context.ts";
import { customizing, cutFor, type Cut } from "./customized.ts";
import { bindingsFoundBy } from "./finders.ts";
import { dividedLike } from "./followershare.ts";
import {
  besideOf,
  contentOf,
  findersOf,
  needsOfFollower,
  placeBeside,
  propagates,
  readFollowers,
  type Content,
} from "./followers.ts";
import { parsed } from "./parsed.ts";
import { labelRef, namespaceRef, needRef, ownRef } from "./refs.ts";
import { dropped, tombstones } from "./release.ts";
import { keyOf, readBinding, readObject, refOf, writeBinding, type InCluster } from "./rows.ts";
import { eachRow } from "./scan.ts";

export const followController: Controller = {
  name: "follow",
  concurrency: 8,
  wakes,
  async *resync({ store, kinds }) {
    for (const kind of kinds)
      if (follows(kind.federation.rule)) for await (const row of eachRow(store, kindKey(kind))) yield templateName(row);
    for await (const row of eachRow(store, BINDINGS)) {
      const { template } = readBinding(row).value;
      yield templateName(template);
    }
  },
  reconcile,
};

const follows = (rule: string | undefined): boolean => rule === "follower" || rule === "container";

function* wakes(event: Event, context: Context): Iterable<string> {
  if (event.resource === BINDINGS) {
    yield* wakesOfBinding(event, context);
    return;
  }
  const rule = context.kindOf.get(event.resource)?.federation;
  if (rule === undefined || !follows(rule.rule)) return;
  if (event.type === "MODIFIED" && event.previous !== undefined) {
    const [before, after] = [parsed<KubeObject>(event.previous), parsed<KubeObject>(event.value)];
    if (sameForMembers(before, after, rule)) return;
  }
  yield templateName(event);
}

/** What may leave; and what a workload that has just arrived needs: a follower made while its decision was under way is in neither's sight. */
function* wakesOfBinding(event: Event, { world, kindOf }: Context): Iterable<string> {
  const after = event.type === "DELETED" ? undefined : parsed<Binding>(event.value);
  const past = event.type === "DELETED" ? event.value : event.previous;
  const before = past === undefined ? undefined : parsed<Binding>(past);
  const had = new Set(before === undefined ? [] : besideOf(before, world));
  const has = new Set(after === undefined ? [] : besideOf(after, world));
  for (const need of had) if (!has.has(need)) yield need;
  // Wanted again: what is gone at the root stood for its leaving only.
  const revived = before?.tombstone !== undefined && after?.tombstone === undefined;
  // Its Namespace was there before it.
  for (const need of has) if ((revived || !had.has(need)) && !need.startsWith(`${NAMESPACES}/`)) yield need;
  // What is divided like its share; of one that is leaving nothing is left to divide like.
  const leaves = before?.tombstone === undefined && after?.tombstone !== undefined;
  if (after !== undefined && (leaves || revived || !equalJson(before?.share, after.share)))
    yield* findersOf(after, world, true);
  // A follower was released: was it needed again meanwhile?
  const own = after ?? before;
  if (
    own !== undefined &&
    follows(kindOf.get(own.template.resource)?.federation.rule) &&
    (after === undefined || after.tombstone !== undefined)
  )
    yield templateName(own.template);
}

/** live: a workload stands there that needs it; leaving: only tombstoned ones do. */
type Need = "live" | "leaving";

async function reconcile(name: string, context: Context): Promise<void> {
  const { store } = context;
  const key = keyOf(name);
  const kind = context.kindOf.get(key.resource);
  if (kind === undefined || !follows(kind.federation.rule)) return;
  const [row, bindingRows] = await Promise.all([store.get(key), store.listByRef(BINDINGS, ownRef(name))]);
  // Both were read at once: bindings may be of one that was made since. Looked at after them, it tells.
  if (row === undefined && bindingRows.length > 0 && (await store.get(key)) !== undefined)
    throw new Busy(`made again: ${name}`);
  const standing = bindingRows.map(readBinding);
  const all = standing.filter((binding) => context.world.clusters.has(binding.cluster));
  const stored = row === undefined ? undefined : readObject(row);
  const object = stored?.value;
  const present = object !== undefined && propagates(object, kind, context);
  const { needs, shares }: Needs =
    kind.federation.rule === "follower"
      ? await followerNeeds(name, object, kind.federation, context)
      : { needs: await namespaceNeeds(key.name, all, context), shares: new Map() };
  const own = all.filter((binding) => present && binding.value.template.uid === object.metadata.uid);
  const keeps = kind.federation.rule === "follower" && kind.federation.keeps === true;
  // A Namespace is deleted at the root only once it is empty there; in the members it waits for its contents.
  const leaving = all.filter((binding) => {
    const need = needs.get(binding.cluster);
    return own.includes(binding)
      ? need === undefined && !keeps && binding.value.held !== true
      : need !== "leaving" && !(need === "live" && key.resource === NAMESPACES && !present);
  });
  const gone = standing.filter((binding) => !all.includes(binding));
  const ops: Op[] = [...(await tombstones(leaving, context)), ...(await dropped(gone, context))];
  const contents: Content[] = [];
  if (present && stored !== undefined) {
    const content = await contentOf(object, kind, context);
    const custom = customizing(object, kind, content, context);
    const updates: Op[] = [];
    for (const binding of own) {
      if (binding.value.tombstone !== undefined || leaving.includes(binding)) continue;
      const cut = await cutFor(context.world.clusters.get(binding.cluster), custom, content, binding.value);
      updates.push(...update(binding, { object, cut, share: shares.get(binding.cluster) }, context));
    }
    if (updates.length > 0) contents.push(content, ...custom.contents());
    ops.push(...updates);
    const missing = [...needs]
      .filter(
        ([cluster, need]) =>
          need === "live" &&
          !own.some((binding) => binding.cluster === cluster && binding.value.tombstone === undefined),
      )
      .map(([cluster]) => cluster);
    const beside = [...needsOfFollower(object), name];
    const placed = await placeBeside(
      beside,
      new Map([...(await readFollowers(needsOfFollower(object), context)), [name, stored]]),
      missing,
      context,
      shares,
    );
    ops.push(...placed.ops);
    contents.push(...placed.contents);
  }
  // Whatever was decided holds for the object that was read; its absence is guarded by the deletion's own event.
  if (stored !== undefined) ops.push({ op: "require", key, expect: stored.version });
  await commit(context, { ops, contents });
}

function update(
  binding: InCluster<Binding>,
  { object, cut, share }: { object: KubeObject; cut: Cut | undefined; share: Share | undefined },
  context: Context,
): Op[] {
  const kind = context.kindOf.get(binding.value.template.resource);
  if (kind === undefined || cut === undefined) return [];
  const next = want(
    {
      template: refOf(object, kindKey(kind)),
      templateGeneration: object.metadata.generation ?? 1,
      revision: cut.revision,
      override: cut.override,
      // Where only what leaves needs it, it stays as it is.
      share: share ?? binding.value.share,
      needs: needsOfFollower(object),
    },
    binding.value,
    rfc3339(context.clock()),
  );
  return next === undefined ? [] : [writeBinding(binding.cluster, next, binding)];
}

async function namespaceNeeds(
  namespace: string,
  own: readonly InCluster<Binding>[],
  { store }: Context,
): Promise<Map<string, Need>> {
  const needs = new Map<string, Need>();
  // Only clusters that have it: where it is missing, the commit that needs it brings it.
  for (const cluster of new Set(own.map((binding) => binding.cluster))) {
    const rows = await store.listByRef(BINDINGS, namespaceRef(cluster, namespace));
    if (rows.length > 0)
      needs.set(cluster, rows.some((row) => readBinding(row).value.tombstone === undefined) ? "live" : "leaving");
  }
  return needs;
}

interface Needs {
  needs: Map<string, Need>;
  /** Where fields of it are divided: their values by cluster. */
  shares: ReadonlyMap<string, Share>;
}

async function followerNeeds(
  name: string,
  object: KubeObject | undefined,
  rule: FollowerRule,
  context: Context,
): Promise<Needs> {
  const key = keyOf(name);
  const needs = new Map<string, Need>();
  // Pods start without what finds them, unlike without their ConfigMap: one deleted at the root leaves at once, whatever it found.
  const finds = key.resource === SERVICES || rule.finds !== undefined;
  if (finds && object === undefined) return { needs, shares: new Map() };
  // A Service is named by few (StatefulSets), and selects.
  const found = [
    ...(await context.store.listByRef(BINDINGS, needRef(name))).map(readBinding),
    ...(key.resource === SERVICES ? await selectedBy(key.namespace, object, context) : []),
    ...(object === undefined ? [] : await bindingsFoundBy(object, rule, context)),
  ];
  const needers = object === undefined ? await withoutTemplateLeaving(found, context) : found;
  for (const { cluster, value } of needers) {
    if (!context.world.clusters.has(cluster)) continue;
    const need: Need = value.tombstone === undefined ? "live" : "leaving";
    // Once gone at the root it waits for every workload that is leaving, also beside one that stays.
    if (!needs.has(cluster) || need === (object === undefined ? "leaving" : "live")) needs.set(cluster, need);
  }
  const shares =
    object === undefined || rule.divided === undefined ? new Map() : await dividedLike(needers, object, rule, context);
  return { needs, shares };
}

/** `kubectl delete -f` deletes followers and workloads at once: a needer whose template is gone is leaving, whether or not its tombstone stands yet. */
async function withoutTemplateLeaving(
  needers: readonly InCluster<Binding>[],
  { store }: Context,
): Promise<InCluster<Binding>[]> {
  const names = [
    ...new Set(
      needers.filter(({ value }) => value.tombstone === undefined).map(({ value }) => templateName(value.template)),
    ),
  ];
  if (names.length === 0) return [...needers];
  const uids = new Set(
    (await store.getMany(names.map(keyOf)))
      .map((row) => readObject(row).value.metadata)
      .filter((metadata) => metadata.deletionTimestamp === undefined)
      .map(({ uid }) => uid),
  );
  return needers.map((needer) =>
    uids.has(needer.value.template.uid)
      ? needer
      : { ...needer, value: { ...needer.value, tombstone: needer.value.tombstone ?? { since: "" } } },
  );
}

/** Bindings whose pods a Service selects. */
async function selectedBy(
  namespace: string,
  object: KubeObject | undefined,
  { store }: Context,
): Promise<InCluster<Binding>[]> {
  const selector = object === undefined ? undefined : serviceSelector(object);
  if (selector === undefined) return [];
  // The longest pair is the likeliest to be rare; the others are checked on what it finds.
  const [pair] = Object.entries(selector).sort(([a, b], [c, d]) => c.length + d.length - a.length - b.length);
  if (pair === undefined) return [];
  const rows = await store.listByRef(BINDINGS, labelRef(namespace, ...pair));
  return rows.map(readBinding).filter(({ value }) => selects(selector, value.labels ?? ({} as Labels)));
}
