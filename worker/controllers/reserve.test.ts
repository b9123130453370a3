// Room is given out once (docs/decisions/0011): by decisions of one process that plan before the others' bindings pass in the tail, and by several
// processes on one log. What fits is placed, and no more.
import fc from "fast-check";
import { expect, test } from "vitest";
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";
import { diceFrom } from "./trouble.ts";

const NOW = "2026-01-01T00:00:00Z";
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => crypto.randomUUID() };

/** One process's way to the store: commits and what is watched arrive late, by the dice. */
function lateStore(store: Store, dice: () => number): Store {
  const late = async (): Promise<void> => {
    for (let turns = Math.floor(dice() * 6); turns > 0; turns -= 1)
      await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return new Proxy(store, {
    get(target, name: keyof Store) {
      if (name === "commit")
        return async (commit: Parameters<Store["commit"]>[0]) => {
          await late();
          return target.commit(commit);
        };
      if (name === "watch")
        return async function* (options: Parameters<Store["watch"]>[0]) {
          for await (const batch of target.watch(options)) {
            await late();
            yield batch;
          }
        };
      return target[name];
    },
  });
}

const deployment = (name: string, replicas: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default", uid: name, generation: 1, creationTimestamp: NOW },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "1" } } }] },
    },
  },
});

async function play(seed: number, processes: number, wanted: readonly number[], free: Record<string, number>) {
  const store = openMemory();
  await bootstrap({ store, ...seams });
  for (const [name, cpu] of Object.entries(free)) {
    const conditions = [{ type: "Ready", status: "True", reason: "", message: "" }];
    const value = JSON.stringify({
      apiVersion: "hanse.dev/v1alpha1",
      kind: "Cluster",
      metadata: { name, uid: name, creationTimestamp: NOW },
      spec: {},
      status: { conditions, free: { cpu: String(cpu), pods: "1000" } },
    });
    await store.commit({ ops: [{ op: "create", key: { resource: CLUSTERS, namespace: "", name }, value }] });
  }
  const dice = diceFrom(seed);
  const running = Array.from({ length: processes }, (_, index): Controllers =>
    runControllers({
      store: lateStore(store, dice),
      ...seams,
      signal: new AbortController().signal,
      ...(processes > 1 ? { process: `p${index}` } : {}),
    }),
  );
  const idle = async (): Promise<void> => {
    for (let quiet = 0, at = -1; quiet < 3;) {
      for (const one of running) one.nudge();
      await Promise.all(running.map((one) => one.idle()));
      const version = await store.version();
      quiet = version === at && running.every((one) => one.failing() === 0) ? quiet + 1 : 0;
      at = version;
    }
  };
  await idle();
  await Promise.all(
    wanted.map((replicas, index) => {
      const object = deployment(`web-${index}`, replicas);
      const key = { resource: "deployments.apps", namespace: "default", name: object.metadata.name };
      return store.commit({ ops: [{ op: "create", key, value: JSON.stringify(object) }] });
    }),
  );
  await idle();
  const given: Record<string, number> = {};
  for (const row of (await store.list({ resource: BINDINGS })).rows) {
    const { labels, share, tombstone } = JSON.parse(row.value) as Binding;
    if (labels !== undefined && tombstone === undefined)
      given[row.namespace] = (given[row.namespace] ?? 0) + (share["spec.replicas"] ?? 0);
  }
  const decisions = (await store.list({ resource: DECISIONS })).rows.map((row) => JSON.parse(row.value) as Decision);
  await Promise.all(running.map((one) => one.stop()));
  return { given, unplaced: decisions.reduce((sum, { unplaced }) => sum + unplaced, 0), decided: decisions.length };
}

test.each([1, 2, 3])("P7 %i processes give out room once, and all of it that is asked for", async (processes) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
      fc.record({ paris: fc.integer({ min: 0, max: 8 }), tokyo: fc.integer({ min: 0, max: 8 }) }),
      async (seed, wanted, free) => {
        const { given, unplaced, decided } = await play(seed, processes, wanted, free);
        for (const [name, cpu] of Object.entries(free)) expect(given[name] ?? 0).toBeLessThanOrEqual(cpu);
        const asked = wanted.reduce((sum, replicas) => sum + replicas, 0);
        const room = free.paris + free.tokyo;
        expect(decided).toBe(wanted.length);
        expect((given["paris"] ?? 0) + (given["tokyo"] ?? 0)).toBe(Math.min(asked, room));
        expect(unplaced).toBe(Math.max(0, asked - room));
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});
