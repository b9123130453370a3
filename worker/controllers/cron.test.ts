// CronJobs fired by several processes over one log: at most one Job for a time whatever dies and whenever, exactly one while anybody lives.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BINDINGS } from "../../kinds/binding.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { CRONJOBS } from "../../kinds/cronjob.ts";
import { JOBS } from "../../kinds/job.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { OWED } from "../../core/cron/owed.ts";
import { openMemory } from "../store/memory.ts";
import type { Commit, Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Context } from "./context.ts";
import { cronController } from "./cron.ts";
import { runControllers, type Controllers } from "./loop.ts";
import { Recent } from "./recent.ts";
import { diceFrom, flaky, rest } from "./trouble.ts";
import { World } from "./world.ts";

const START = Date.parse("2026-03-01T10:00:20Z");
const HOUR_MS = 3_600_000;
const NAME = `${CRONJOBS}/default/tick`;
const KEY = { resource: CRONJOBS, namespace: "default", name: "tick" };

interface Federation {
  store: Store;
  time: { now: number };
  /** The times that Jobs were made for, in order. */
  ever: string[];
  seams: { clock: () => number; random: () => number; uid: () => string };
}

async function federation(spec: Loose = {}): Promise<Federation> {
  const time = { now: START };
  let uids = 0;
  const seams = { clock: () => time.now, random: () => 0, uid: () => `uid-${(uids += 1)}` };
  const ever: string[] = [];
  const store = remembering(openMemory(), ever);
  await bootstrap({ store, ...seams });
  const containers = [{ name: "c", image: "i" }];
  await put(store, CRONJOBS, {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "tick", namespace: "default", uid: "cron-uid", creationTimestamp: iso(START), generation: 1 },
    spec: {
      schedule: "0 * * * *",
      jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers } } } },
      ...spec,
    },
  });
  return { store, time, seams, ever };
}

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

async function put(store: Store, resource: string, object: KubeObject): Promise<void> {
  ROOT_KINDS.find((kind) => kindKey(kind) === resource)?.setDefaults?.(object);
  const { namespace = "", name } = object.metadata;
  await store.commit({ ops: [{ op: "put", key: { resource, namespace, name }, value: JSON.stringify(object) }] });
}

async function change(store: Store, edit: (object: Loose) => void): Promise<void> {
  const row = await store.get(KEY);
  const object = JSON.parse(row?.value ?? "");
  edit(object);
  await put(store, CRONJOBS, object);
}

/** One process, without the loop around it. */
function processOf({ store, seams }: Federation, started = START): Context {
  const kinds = ROOT_KINDS.filter(({ conversion }) => conversion === undefined);
  return {
    ...seams,
    store,
    world: new World(seams.clock, kinds),
    recent: new Recent(),
    fresh: false,
    kinds,
    served: ROOT_KINDS,
    kindOf: new Map(kinds.map((kind) => [kindKey(kind), kind])),
    started,
    log: () => undefined,
  };
}

/** Remembers the time of every Job that was ever made, deleted ones too. */
function remembering(store: Store, ever: string[]): Store {
  return new Proxy(store, {
    get(target, property: keyof Store) {
      const value = target[property];
      if (property !== "commit") return typeof value === "function" ? value.bind(target) : value;
      return async (commit: Commit) => {
        const result = await target.commit(commit);
        for (const op of commit.ops)
          if (result.ok && op.op === "create" && op.key.resource === JOBS)
            ever.push(JSON.parse(op.value).metadata.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        return result;
      };
    },
  });
}
const jobs = async (store: Store): Promise<KubeObject[]> =>
  (await store.list({ resource: JOBS })).rows.map(({ value }) => JSON.parse(value) as KubeObject);

class Killed extends Error {}
/** Its process dies at the `at`th call: before it is made, or (`done`) after it was carried out and before the answer. */
function mortal(store: Store, at: number, done: boolean): { store: Store; calls: () => number } {
  let calls = 0;
  const dying = new Proxy(store, {
    get(target, property: keyof Store) {
      const value = target[property];
      if (typeof value !== "function") return value;
      return async (...args: never[]) => {
        calls += 1;
        if (calls > at || (calls === at && !done)) throw new Killed();
        const answer = await (value as (...all: never[]) => Promise<unknown>).apply(target, args);
        if (calls === at) throw new Killed();
        return answer;
      };
    },
  });
  return { store: dying, calls: () => calls };
}

describe("P6 a time is one Job", () => {
  test.each([false, true])("whichever call a process dies at (answered: %s)", async (done) => {
    for (let at = 1, lived = false; !lived; at += 1) {
      const all = await federation();
      await cronController.reconcile(NAME, processOf(all));
      all.time.now += HOUR_MS;
      const dying = mortal(all.store, at, done);
      await cronController
        .reconcile(NAME, processOf({ ...all, store: dying.store }))
        .catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      lived = dying.calls() < at;
      expect(all.ever.length).toBeLessThanOrEqual(1);
      // Another process takes over, an hour's remainder later, and once more.
      all.time.now += HOUR_MS / 2;
      for (let looks = 0; looks < 2; looks += 1) await cronController.reconcile(NAME, processOf(all));
      expect(all.ever).toEqual(["2026-03-01T11:00:00Z"]);
      const { status } = JSON.parse((await all.store.get(KEY))?.value ?? "");
      const [made] = await jobs(all.store);
      expect(status).toMatchObject({ lastScheduleTime: all.ever[0], active: [{ uid: made?.metadata.uid }] });
    }
  });

  test("also where it was deleted since, the clock went back, or the status was", async () => {
    const all = await federation();
    all.time.now += HOUR_MS;
    await cronController.reconcile(NAME, processOf(all));
    const [job] = await jobs(all.store);
    await all.store.commit({
      ops: [{ op: "delete", key: { resource: JOBS, namespace: "default", name: job!.metadata.name } }],
    });
    await cronController.reconcile(NAME, processOf(all));
    all.time.now -= HOUR_MS;
    await cronController.reconcile(NAME, processOf(all));
    all.time.now += HOUR_MS;
    await change(all.store, (object) => (object.status = {}));
    await cronController.reconcile(NAME, processOf(all));
    expect(all.ever).toEqual(["2026-03-01T11:00:00Z"]);
  });

  test("P3 in a log that turned out to be an older copy, nothing that passed is handed out", async () => {
    const all = await federation();
    await cronController.reconcile(NAME, processOf(all));
    // Restored and started: agents are heard before what passed is made up for.
    all.time.now += 3 * HOUR_MS;
    const restored = processOf(all, all.time.now);
    expect(await cronController.reconcile(NAME, restored)).toEqual({ againMs: 15_000 });
    await all.store.openEpoch(0);
    all.time.now += 15_000;
    await cronController.reconcile(NAME, restored);
    expect(await jobs(all.store)).toEqual([]);
    all.time.now += HOUR_MS;
    await cronController.reconcile(NAME, restored);
    expect((await jobs(all.store)).length).toBe(1);
    // Without that, what a dead federation missed is made up for, once.
    const other = await federation();
    other.time.now += 3 * HOUR_MS + 15_000;
    await cronController.reconcile(NAME, processOf(other, other.time.now - 15_000));
    expect(other.ever).toEqual(["2026-03-01T13:00:00Z"]);
  });
});

test("another schedule owes nothing of before; a CronJob that is gone leaves nothing behind", async () => {
  const all = await federation({ schedule: "0 0 1 1 *" });
  await cronController.reconcile(NAME, processOf(all));
  all.time.now += 5 * HOUR_MS;
  await change(all.store, (object) => (object.spec.schedule = "30 * * * *"));
  await cronController.reconcile(NAME, processOf(all));
  expect(await jobs(all.store)).toEqual([]);
  all.time.now += HOUR_MS;
  await cronController.reconcile(NAME, processOf(all));
  expect(all.ever).toEqual(["2026-03-01T15:30:00Z"]);
  await all.store.commit({ ops: [{ op: "delete", key: KEY }] });
  await cronController.reconcile(NAME, processOf(all));
  expect((await all.store.list({ resource: OWED })).rows).toEqual([]);
});

/** Two processes as they run, over a store that fails by the dice; `hours` pass, any of the two may be killed and started anew. */
test("P6 two processes, faults, kills and starts: each hour's Job once, placed in one cluster", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.constantFrom("hour", "kill 0", "kill 1", "start 0", "start 1"), { maxLength: 12 }),
      async (seed, script) => {
        const all = await federation();
        const dice = diceFrom(seed);
        for (const name of ["paris", "tokyo"]) await cluster(all.store, name);
        const running: (Controllers | undefined)[] = [];
        const start = (which: number): void => {
          const options = { ...all.seams, store: flaky(all.store, dice), signal: new AbortController().signal };
          running[which] ??= runControllers(options);
        };
        const live = (): Controllers[] => running.filter((one) => one !== undefined);
        start(0);
        await rest(live(), all.store);
        for (const step of script) {
          const which = step.endsWith("1") ? 1 : 0;
          if (step === "hour") all.time.now += HOUR_MS;
          else if (step.startsWith("start")) start(which);
          else {
            await running[which]?.stop();
            running[which] = undefined;
          }
          if (dice() < 0.5) await rest(live(), all.store);
        }
        start(0);
        await rest(live(), all.store);
        // Agents are heard first, then what was missed is made up for.
        all.time.now += 15_000;
        await rest(live(), all.store);
        for (const one of live()) await one.stop();
        const { ever } = all;
        expect(new Set(ever).size).toBe(ever.length);
        const hours = script.filter((step) => step === "hour").length;
        if (hours > 0) expect(ever.at(-1)).toBe(iso(Math.floor(all.time.now / HOUR_MS) * HOUR_MS));
        for (const { metadata } of await jobs(all.store))
          expect((await all.store.listByName(BINDINGS, metadata.uid ?? "")).length).toBe(1);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

async function cluster(store: Store, name: string): Promise<void> {
  const conditions = [{ type: "Ready", status: "True", reason: "", message: "" }];
  await put(store, "clusters.hanse.dev", {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: { name, uid: name, creationTimestamp: iso(START), generation: 1 },
    spec: {},
    status: { conditions, free: { cpu: "64", pods: "500" } },
  } as unknown as KubeObject);
}
