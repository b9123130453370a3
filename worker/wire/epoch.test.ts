// What an admin sees after a restore and lets go (P3): exactly what was shown, and never an orphan.
import { beforeEach, expect, it } from "vitest";
import { BINDINGS, type Binding, HOLD, HOLDS, ORPHANS } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { EpochView } from "../../kinds/epoch.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { answerEpoch, confirmEpoch } from "./epoch.ts";
import { openEpoch, openEpochIfMoved } from "./openepoch.ts";
import { statusOf } from "./status.ts";

const SINCE = "2026-11-24T03:00:00.000Z";
const clock = (): number => Date.parse(SINCE);
let store: Store;

async function put(resource: string, namespace: string, name: string, value: object): Promise<void> {
  const key = { resource, namespace, name };
  expect(await store.commit({ ops: [{ op: "put", key, value: JSON.stringify(value) }] })).toMatchObject({ ok: true });
}

const binding = (name: string, tombstone?: Binding["tombstone"]): object => ({
  template: { resource: "configmaps", namespace: "default", name, uid: name },
  ...(tombstone === undefined ? {} : { tombstone }),
});

beforeEach(async () => {
  store = openMemory();
  const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
  for (const cluster of ["paris", "tokyo"]) await put(CLUSTERS, "", cluster, ready);
  await put(BINDINGS, "paris", "a", binding("a", { since: SINCE, memberUid: "m-a" }));
  await put(BINDINGS, "paris", "b", binding("b"));
  const orphan = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    resource: "deployments",
    namespace: "default",
    name: "x",
  };
  await put(ORPHANS, "paris", "x", { ...orphan, memberUid: "m-x", since: SINCE });
  // Known again: none any more.
  await put(ORPHANS, "paris", "b", { ...orphan, name: "b", since: SINCE });
});

const opened = (over = 0): Promise<void> => openEpoch({ store, clock, over, seen: "a test" });
const view = async (query = ""): Promise<EpochView> =>
  (await (await answerEpoch(store, new Request(`http://f/hanse/v1/epoch${query}`))).json()) as EpochView;
/** "confirmed", or why not. */
async function confirm(body: object): Promise<string> {
  const request = new Request("http://f/", { method: "POST", body: JSON.stringify(body) });
  try {
    return Object.keys((await (await confirmEpoch(store, request)).json()) as object)[0]!;
  } catch (error) {
    const { code, message } = statusOf(error);
    return `${code} ${message}`;
  }
}
const shown = ({ epoch, clusters }: EpochView): { epoch: number; clusters: any[] } => ({
  epoch,
  clusters: clusters.flatMap(({ cluster, held, waiting }) =>
    held ? [{ cluster, version: held.version, waiting }] : [],
  ),
});
const isHeld = async (cluster: string): Promise<boolean> =>
  (await store.get({ resource: HOLDS, namespace: cluster, name: HOLD })) !== undefined;

it("P3 shows every held cluster with what waits there, and what nobody knows", async () => {
  expect(await view()).toMatchObject({ epoch: 0, clusters: [{ cluster: "paris", waiting: 0, orphaned: 1 }] });
  await opened();
  const { clusters, ...rest } = await view();
  expect(rest).toEqual({ epoch: 1, since: SINCE, seen: "a test" });
  expect(clusters).toEqual([
    {
      cluster: "paris",
      ready: true,
      held: { since: SINCE, version: expect.any(Number) },
      waiting: 1,
      deletions: [{ resource: "configmaps", namespace: "default", name: "a", memberUid: "m-a", since: SINCE }],
      orphaned: 1,
      orphans: [{ resource: "deployments.apps", namespace: "default", name: "x", memberUid: "m-x", since: SINCE }],
    },
    expect.objectContaining({ cluster: "tokyo", waiting: 0, orphans: [] }),
  ]);
  expect((await view("?cluster=tokyo")).clusters.map(({ cluster }) => cluster)).toEqual(["tokyo"]);
  await expect(view("?cluster=rome")).rejects.toThrow(/"rome" not found/);
});

it("names at most a hundred of each, counts all, and names more of one cluster", async () => {
  for (let index = 0; index < 150; index += 1)
    await put(BINDINGS, "paris", `n-${index}`, binding(`n-${index}`, { since: SINCE }));
  await opened();
  const [paris] = (await view()).clusters;
  expect([paris?.waiting, paris?.deletions.length]).toEqual([151, 100]);
  expect((await view("?cluster=paris")).clusters[0]?.deletions).toHaveLength(151);
});

it("P3 confirms what was shown, all of it or nothing", async () => {
  await opened();
  const seen = shown(await view());
  expect(await confirm({ ...seen, epoch: 0 })).toMatch(/^409 this is epoch 1, not 0/);
  await put(BINDINGS, "tokyo", "c", binding("c", { since: SINCE }));
  expect(await confirm(seen)).toMatch(/^409 1 deletions wait in tokyo, not 0/);
  expect([await isHeld("paris"), await isHeld("tokyo")]).toEqual([true, true]);
  const [paris, tokyo] = shown(await view()).clusters;
  expect(await confirm({ epoch: 1, clusters: [paris, { ...tokyo, version: tokyo.version - 1 }] })).toMatch(
    /^409 tokyo is held anew/,
  );
  expect(await isHeld("paris")).toBe(true);
  expect(await confirm({ epoch: 1, clusters: [paris] })).toBe("confirmed");
  expect([await isHeld("paris"), await isHeld("tokyo")]).toEqual([false, true]);
  expect(await confirm({ epoch: 1, clusters: [paris] })).toMatch(/^409 paris holds nothing/);
  expect(await confirm({ epoch: 1, clusters: [] })).toMatch(/^422 /);
  expect(await store.get({ resource: ORPHANS, namespace: "paris", name: "x" })).toBeDefined();
});

it("P3 opening twice is opening once; a later epoch holds anew what was shown before", async () => {
  await opened();
  const { version } = (await store.get({ resource: HOLDS, namespace: "paris", name: HOLD }))!;
  await opened();
  expect((await store.get({ resource: HOLDS, namespace: "paris", name: HOLD }))!.version).toBe(version);
  expect((await store.epoch()).epoch).toBe(1);
  const seen = shown(await view());
  await opened(1);
  expect(await confirm({ ...seen, epoch: 2 })).toMatch(/^409 paris is held anew/);
});

it("P3 a process that died after the holds and before the epoch is followed by one that ends it", async () => {
  const dies = Object.assign(Object.create(store) as Store, {
    moved: async () => true,
    openEpoch: () => Promise.reject(new Error("killed")),
  });
  await expect(openEpochIfMoved({ store: dies, clock })).rejects.toThrow("killed");
  expect([await isHeld("tokyo"), (await store.epoch()).epoch]).toEqual([true, 0]);
  const next = Object.assign(Object.create(store) as Store, { moved: async () => true });
  expect(await openEpochIfMoved({ store: next, clock })).toBe(true);
  expect(await view()).toMatchObject({ epoch: 1, seen: "the data was restored into another database" });
});
