// Random owner graphs, deletions with all policies, finalizers of others, two processes on a failing store: what is left is what a model of
// a few lines leaves, and nothing was ever taken while an owner of it stood.
import fc from "fast-check";
import { expect, test } from "vitest";
import { configMap } from "../../../kinds/configmap.ts";
import type { KubeObject, OwnerReference } from "../../../kinds/object.ts";
import { removal, isReleased, type Policy } from "../../../core/garbage/removal.ts";
import { openMemory } from "../../store/memory.ts";
import type { Store } from "../../store/store.ts";
import { runControllers } from "../loop.ts";
import { writeObject } from "../rows.ts";
import { diceFrom, flaky, rest } from "../trouble.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const CONFIGMAPS = "configmaps";
const HOLD = "example.com/hold";
let uids = 0;
const seams = { clock: () => NOW, random: () => 0, uid: () => `made-${(uids += 1)}` };

interface Planned {
  namespace: "a" | "b";
  held: boolean;
  /** Index of the owner (beyond the graph: one that is not there), how it is named. */
  owners: { to: number; block: boolean; as: "right" | "otherKind" | "otherUid" | "unserved" }[];
}

type Step = { do: "delete"; at: number; policy: Policy } | { do: "let go"; at: number } | { do: "restart" };

/**
 * One uid under two kinds: references are taken away by uid, so the one that is right goes with the one that is not while its owner lives.
 * What becomes of the object when that owner is about to go depends on who is looked at first; upstream's does too.
 */
function isOrderless(owners: Planned["owners"]): boolean {
  return !owners.some(({ to, as }) => as === "otherKind" && owners.some((one) => one.to === to && one.as === "right"));
}

const graph: fc.Arbitrary<Planned[]> = fc.array(
  fc.record({
    namespace: fc.constantFrom("a", "a", "a", "b") as fc.Arbitrary<"a" | "b">,
    held: fc.integer({ max: 4, min: 0 }).map((die) => die === 0),
    owners: fc
      .array(
        fc.record({
          to: fc.nat(8),
          block: fc.boolean(),
          as: fc.constantFrom(
            "right",
            "right",
            "right",
            "right",
            "right",
            "otherKind",
            "otherUid",
            "unserved",
          ) as fc.Arbitrary<Planned["owners"][number]["as"]>,
        }),
        { maxLength: 3 },
      )
      .filter(isOrderless),
  }),
  { minLength: 2, maxLength: 8 },
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("delete" as const), at: fc.nat(7), policy: policy() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("let go" as const), at: fc.nat(7) }) },
    { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
  ),
  { maxLength: 6 },
);

function policy(): fc.Arbitrary<Policy> {
  return fc.constantFrom("Background", "Foreground", "Orphan") as fc.Arbitrary<Policy>;
}

function objectsOf(plan: readonly Planned[]): KubeObject[] {
  return plan.map(({ namespace, held, owners }, index) => {
    const ownerReferences = owners.map(({ to, block, as }): OwnerReference => {
      const [apiVersion, kind] =
        as === "right" ? ["v1", "ConfigMap"] : as === "otherKind" ? ["v1", "Secret"] : ["example.com/v1", "Thing"];
      return {
        apiVersion,
        kind,
        name: `o${to}`,
        uid: as === "otherUid" ? `x${to}` : `u${to}`,
        blockOwnerDeletion: block,
      };
    });
    return {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: `o${index}`,
        namespace,
        uid: `u${index}`,
        ...(held ? { finalizers: [HOLD] } : {}),
        ...(owners.length > 0 ? { ownerReferences } : {}),
      },
    };
  });
}

type World = Map<string, KubeObject>;

type Life = "living" | "absent" | "waiting" | "unknown";

function lifeOf(ref: OwnerReference, namespace: string | undefined, world: World): Life {
  if (ref.kind === "Thing") return "unknown";
  const owner = [...world.values()].find(
    ({ metadata: { name, namespace: home, uid } }) =>
      ref.kind === "ConfigMap" && name === ref.name && home === namespace && uid === ref.uid,
  );
  if (owner === undefined) return "absent";
  const { deletionTimestamp, finalizers = [] } = owner.metadata;
  return deletionTimestamp !== undefined && finalizers.includes("foregroundDeletion") ? "waiting" : "living";
}

/** Something is about to become of it: with an owner that waits, it goes or leaves that owner. */
function isJudged({ metadata }: KubeObject, world: World): boolean {
  const lives = (metadata.ownerReferences ?? []).map((ref) => lifeOf(ref, metadata.namespace, world));
  return metadata.deletionTimestamp === undefined && !lives.includes("unknown");
}

/** One rule after the other until none applies: upstream's rules, in no particular order, without queues, versions or a store. */
function settle(world: World): void {
  const dependentsOf = (uid: string | undefined): KubeObject[] =>
    [...world.values()].filter((one) => one.metadata.ownerReferences?.some((ref) => ref.uid === uid));
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, object] of world) {
      const { metadata } = object;
      const { ownerReferences: refs = [], finalizers = [] } = metadata;
      const without = (finalizer: string): void => {
        metadata.finalizers = finalizers.filter((one) => one !== finalizer);
        changed = true;
      };
      if (metadata.deletionTimestamp !== undefined) {
        if (finalizers.length === 0) changed = world.delete(name);
        else if (finalizers.includes("orphan")) {
          for (const { metadata: one } of dependentsOf(metadata.uid))
            one.ownerReferences = one.ownerReferences?.filter((ref) => ref.uid !== metadata.uid);
          without("orphan");
        } else if (finalizers.includes("foregroundDeletion")) {
          const blocking = dependentsOf(metadata.uid).filter(
            (one) =>
              one !== object &&
              one.metadata.ownerReferences?.some((ref) => ref.uid === metadata.uid && ref.blockOwnerDeletion),
          );
          // Also those that do not block are judged while it waits.
          if (
            blocking.length === 0 &&
            !dependentsOf(metadata.uid).some((one) => one !== object && isJudged(one, world))
          )
            without("foregroundDeletion");
        }
        continue;
      }
      const lives = refs.map((ref) => lifeOf(ref, metadata.namespace, world));
      if (refs.length === 0 || lives.includes("unknown")) continue;
      if (lives.includes("living")) {
        // By uid, as upstream's patch does: it is the list's key.
        const dead = refs.filter((_, index) => lives[index] !== "living").map(({ uid }) => uid);
        metadata.ownerReferences = refs.filter(({ uid }) => !dead.includes(uid));
        changed ||= metadata.ownerReferences.length < refs.length;
        continue;
      }
      const dependents = dependentsOf(metadata.uid);
      const foreground = lives.includes("waiting") && dependents.length > 0;
      // A ring: nobody waits for this one any more.
      const ring = dependents.some(
        (one) =>
          one.metadata.deletionTimestamp !== undefined &&
          one.metadata.finalizers?.includes("foregroundDeletion") === true,
      );
      if (foreground && ring) for (const ref of refs) ref.blockOwnerDeletion = false;
      metadata.deletionTimestamp = "now";
      metadata.finalizers = [...finalizers, ...(foreground ? ["foregroundDeletion"] : [])];
      changed = true;
    }
  }
}

function order(world: World, name: string, what: Policy): void {
  const object = world.get(name);
  if (object === undefined) return;
  const kept = (object.metadata.finalizers ?? []).filter((one) => one === HOLD);
  const own = what === "Background" ? [] : [what === "Orphan" ? "orphan" : "foregroundDeletion"];
  object.metadata.deletionTimestamp ??= "now";
  object.metadata.finalizers = [...kept, ...own];
}

async function change(
  store: Store,
  name: string,
  edit: (object: KubeObject) => KubeObject | undefined,
): Promise<number | undefined> {
  for (;;) {
    const [row] = (await store.list({ resource: CONFIGMAPS, name })).rows;
    if (row === undefined) return undefined;
    const object = JSON.parse(row.value) as KubeObject;
    const next = edit(object);
    if (next === object) return undefined;
    const op =
      next === undefined
        ? ({ op: "delete", key: row, expect: row.version } as const)
        : writeObject(CONFIGMAPS, next, row);
    const result = await store.commit({ ops: [op] });
    if (result.ok) return result.versions[0];
  }
}

function letGo(object: KubeObject): KubeObject | undefined {
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (!finalizers.includes(HOLD) || deletionTimestamp === undefined) return object;
  const next = { ...object, metadata: { ...object.metadata, finalizers: finalizers.filter((one) => one !== HOLD) } };
  return isReleased(next) ? undefined : next;
}

/** Every deletion that nobody asked for: at that moment no owner of it lived. */
async function checkSafety(store: Store, from: number, asked: ReadonlySet<number>): Promise<void> {
  const end = await store.version();
  const stop = new AbortController();
  const world: World = new Map();
  if (end === from) return;
  for await (const batch of store.watch({ from, select: [{ resource: CONFIGMAPS }], signal: stop.signal })) {
    for (const event of batch.events) {
      const object = JSON.parse(event.value) as KubeObject;
      const before = world.get(event.name);
      const marked =
        event.type === "DELETED"
          ? before?.metadata.deletionTimestamp === undefined
          : object.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined;
      if (marked && !asked.has(event.version)) {
        const lives = (before?.metadata.ownerReferences ?? []).map((ref) => lifeOf(ref, event.namespace, world));
        expect(lives.length).toBeGreaterThan(0);
        expect(lives).not.toContain("living");
        expect(lives).not.toContain("unknown");
      }
      if (event.type === "DELETED") world.delete(event.name);
      else world.set(event.name, object);
    }
    if (batch.version >= end) return;
  }
}

/** What stands and to whom it belongs. */
function summary(objects: Iterable<KubeObject>): string[] {
  return [...objects]
    .map(({ metadata: { name, ownerReferences = [], deletionTimestamp } }) => {
      const owners = [...new Set(ownerReferences.map(({ kind, uid }) => `${kind} ${uid}`))].sort().join();
      return `${name}${deletionTimestamp === undefined ? "" : " (going)"}: ${owners}`;
    })
    .sort();
}

async function standing(store: Store): Promise<KubeObject[]> {
  return (await store.list({ resource: CONFIGMAPS })).rows.map((row) => JSON.parse(row.value) as KubeObject);
}

test("whatever owns what and however it is deleted, two processes on a failing store leave what the model leaves", async () => {
  await fc.assert(
    fc.asyncProperty(graph, steps, fc.boolean(), fc.nat(), async (plan, script, calm, seed) => {
      const store = openMemory({ history: { events: 100_000, text: 100_000_000 } });
      const from = await store.version();
      const dice = diceFrom(seed);
      const start = () => runControllers({ store: flaky(store, dice), ...seams, signal: new AbortController().signal });
      const world: World = new Map();
      // Before anybody runs: a graph cannot be written at once, and an owner that comes later is absent until then.
      for (const object of objectsOf(plan)) {
        world.set(object.metadata.name, structuredClone(object));
        await store.commit({ ops: [writeObject(CONFIGMAPS, object, undefined)] });
      }
      let runs = [start(), start()];
      await rest(runs, store);
      settle(world);
      const asked = new Set<number>();
      const perform = async (name: string, edit: Parameters<typeof change>[2]) => {
        const version = await change(store, name, edit);
        if (version !== undefined) asked.add(version);
      };
      for (const step of script) {
        if (step.do === "restart") {
          await runs[0]!.stop();
          runs = [runs[1]!, start()];
          continue;
        }
        const name = `o${step.at}`;
        if (step.do === "delete") {
          order(world, name, step.policy);
          await perform(name, (object) => removal(configMap, object, step.policy, NOW));
        } else {
          const held = world.get(name)?.metadata;
          if (held?.deletionTimestamp !== undefined)
            held.finalizers = held.finalizers?.filter((finalizer) => finalizer !== HOLD);
          await perform(name, letGo);
        }
        settle(world);
        if (calm) await rest(runs, store);
      }
      // Who waits for a finalizer of others may have got there by several ways: compared when nobody waits.
      for (let turns = 0; turns < plan.length; turns += 1) {
        for (const { metadata } of world.values())
          if (metadata.deletionTimestamp !== undefined)
            metadata.finalizers = metadata.finalizers?.filter((finalizer) => finalizer !== HOLD);
        settle(world);
        await rest(runs, store);
        for (const { metadata } of await standing(store)) await perform(metadata.name, letGo);
      }
      await rest(runs, store);
      for (const run of runs) await run.stop();
      await checkSafety(store, from, asked);
      // Commands in a row meet other states than commands one at a time.
      if (calm) expect(summary(await standing(store))).toEqual(summary(world.values()));
      // A pass over everything, by a process that remembers nothing, finds nothing to do.
      const version = await store.version();
      await store.setPosition("controllers/2", 0);
      const again = runControllers({ store, ...seams, signal: new AbortController().signal });
      await again.idle();
      await again.stop();
      expect(await store.version()).toBe(version);
    }),
    { numRuns: process.env["HANSE_LONG"] === "1" ? 3000 : 150 },
  );
}, 300_000);
