import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { BINDINGS, type Binding, HOLDS, ORPHANS, REPORTS, type Report } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { Changes } from "../../kinds/protocol.ts";
import { createJoinToken, memoryCredentials } from "../store/credentials.ts";
import { openMemory } from "../store/memory.ts";
import type { Op } from "../store/store.ts";
import { createAgentAuth } from "./agentauth.ts";
import { agentRoutes } from "./agentroutes.ts";

const kind = (resource: string, group: string, rule: Kind["federation"]): Kind =>
  ({ group, resource, federation: rule }) as Kind;
const KINDS = [
  kind("namespaces", "", { rule: "container" }),
  kind("configmaps", "", { rule: "follower" }),
  kind("deployments", "apps", { rule: "workload", divided: ["spec.replicas"] }),
];
const NOW = Date.parse("2026-11-23T12:00:00Z");

/** Of a federation whose data comes back: the same key, other marks. */
const KEY = 7;

async function federation(key?: number) {
  let now = NOW;
  let drawn = 0;
  const random = (): number => (drawn++ < 32 + 32 ? (Math.imul(drawn, key!) % 97) / 97 : Math.random());
  const store = openMemory(key === undefined ? {} : { random });
  const credentials = memoryCredentials();
  const seen: string[] = [];
  const app = agentRoutes({
    store,
    kinds: { all: KINDS },
    credentials,
    authenticateAgent: createAgentAuth({ credentials, clock: () => now }),
    presence: { seen: (cluster) => seen.push(cluster) },
    clock: () => now,
  });
  return { store, credentials, app, seen, tick: (ms: number) => (now += ms), now: () => now };
}
type Federation = Awaited<ReturnType<typeof federation>>;

async function newKey() {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return { x: (await exportJWK(publicKey)).x as string, privateKey };
}
type Key = Awaited<ReturnType<typeof newKey>>;

const registration = (token: string, x: string) => ({
  method: "POST",
  body: JSON.stringify({ token, publicKey: { kty: "OKP", crv: "Ed25519", x }, agentVersion: "test" }),
});

async function join(f: Federation, cluster: string): Promise<Key> {
  const token = await createJoinToken(f.credentials, { cluster, ttlMs: 60_000, now: f.now() });
  const key = await newKey();
  expect((await f.app.request("/hanse/v1/register", registration(token, key.x))).status).toBe(201);
  return key;
}

interface Claims {
  sub: string;
  iss?: string;
  aud?: string;
  iat?: number;
  exp?: number;
}

async function bearer(key: Key, now: number, claims: Claims): Promise<string> {
  const seconds = Math.floor(now / 1000);
  const jwt = await new SignJWT({})
    .setProtectedHeader({ alg: "EdDSA" })
    .setSubject(claims.sub)
    .setIssuer(claims.iss ?? claims.sub)
    .setAudience(claims.aud ?? "hanse")
    .setIssuedAt(claims.iat ?? seconds)
    .setExpirationTime(claims.exp ?? seconds + 60)
    .sign(key.privateKey);
  return `Bearer ${jwt}`;
}

function binding(name: string, change: Partial<Binding> = {}): Binding {
  return {
    template: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      resource: "deployments.apps",
      namespace: "default",
      name,
      uid: `uid-${name}`,
    },
    templateGeneration: 1,
    generation: 1,
    revision: "digest",
    share: { "spec.replicas": 2 },
    needs: [],
    ...change,
  };
}
const CONTENT = JSON.stringify({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x", labels: { app: "x" } },
  spec: { selector: {} },
});

async function bind(f: Federation, cluster: string, ...bindings: Binding[]): Promise<number[]> {
  const ops: Op[] = bindings.map((one) => ({
    op: "put",
    key: { resource: BINDINGS, namespace: cluster, name: one.template.uid },
    value: JSON.stringify(one),
  }));
  const result = await f.store.commit({ ops, contents: [{ digest: "digest", value: CONTENT }] });
  if (!result.ok) throw new Error(result.reason);
  return result.versions;
}

describe("agent protocol", () => {
  let f: Federation;
  let paris: Key;
  beforeEach(async () => {
    f = await federation();
    paris = await join(f, "paris");
  });

  const changes = async (query: string, signal?: AbortSignal, key = paris, cluster = "paris") => {
    const headers = { authorization: await bearer(key, f.now(), { sub: cluster }) };
    const response = await f.app.request(`/clusters/${cluster}/hanse/v1/changes?${query}`, { headers, signal });
    return { status: response.status, body: (await response.json()) as Changes & { reason?: string } };
  };
  const post = async (items: object[], cluster?: object) => {
    const headers = { authorization: await bearer(paris, f.now(), { sub: "paris" }) };
    const response = await f.app.request("/clusters/paris/hanse/v1/reports", {
      method: "POST",
      headers,
      body: JSON.stringify({ items, cluster }),
    });
    return { status: response.status, body: (await response.json()) as { unknown: string[]; reason?: string } };
  };
  const stored = async (resource: string, name: string) =>
    (await f.store.get({ resource, namespace: "paris", name }))?.value;

  describe("changes", () => {
    it("renders the share into the object, with the label that marks it", async () => {
      await bind(f, "paris", binding("web"));
      const { body } = await changes("after=");
      expect(body.complete).toBe(true);
      expect(body.items).toEqual([
        {
          uid: "uid-web",
          version: expect.any(Number),
          generation: 1,
          key: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            resource: "deployments",
            namespace: "default",
            name: "web",
          },
          policy: "apply",
          rank: 20,
          object: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "web", namespace: "default", labels: { app: "x", "hanse.dev/binding": "uid-web" } },
            spec: { selector: {}, replicas: 2 },
          },
        },
      ]);
    });

    it("P5: pages without skipping: each page's cursor covers what was given, the last one the snapshot", async () => {
      await bind(f, "paris", binding("a"), binding("b"), binding("c"));
      const uids: string[] = [];
      let cursor = "";
      let pages = 0;
      for (let complete = false; !complete; pages++) {
        const { body } = await changes(`after=${cursor}&limit=2`);
        uids.push(...body.items.map((item) => item.uid));
        ({ cursor, complete } = body);
      }
      expect(uids).toEqual(["uid-a", "uid-b", "uid-c"]);
      expect(pages).toBe(2);
      expect((await changes(`after=${cursor}`)).body.items).toEqual([]);
    });

    it("P11: large objects make more pages, never a larger answer, and none is skipped", async () => {
      const value = JSON.stringify({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "x" },
        spec: { filler: "x".repeat(700_000) },
      });
      const names = Array.from({ length: 40 }, (_, index) => binding(`large-${index}`, { revision: "large" }));
      await f.store.commit({ ops: [], contents: [{ digest: "large", value }] });
      await bind(f, "paris", ...names);
      const uids: string[] = [];
      let cursor = "";
      for (let complete = false; !complete;) {
        const { body } = await changes(`after=${cursor}`);
        expect(JSON.stringify(body).length).toBeLessThan(16 * 1024 * 1024);
        uids.push(...body.items.map((item) => item.uid));
        ({ cursor, complete } = body);
      }
      expect(uids).toEqual(names.map(({ template }) => template.uid));
    });

    it("a held request answers at once when something is bound", async () => {
      const { body: start } = await changes("after=");
      const held = changes(`after=${start.cursor}&wait=30`);
      await bind(f, "paris", binding("web"));
      const { body } = await held;
      expect(body.items.map((item) => item.uid)).toEqual(["uid-web"]);
      expect((await changes(`after=${body.cursor}`)).body.items).toEqual([]);
    });

    it("P3: a held request that ends empty carries a fresh cursor and no deletion", async () => {
      await bind(f, "paris", binding("web"));
      const { body: start } = await changes("after=");
      await bind(f, "tokyo", binding("other"));
      const end = new AbortController();
      const held = changes(`after=${start.cursor}&wait=30`, end.signal);
      end.abort();
      const { body } = await held;
      expect(body.items).toEqual([]);
      expect(body.cursor).not.toBe("");
    });

    it("P10: another cluster's bindings are not there, its path is 403", async () => {
      await bind(f, "tokyo", binding("web"));
      expect((await changes("after=")).body.items).toEqual([]);
      expect((await changes("after=", undefined, paris, "paris")).status).toBe(200);
      const headers = { authorization: await bearer(paris, f.now(), { sub: "paris" }) };
      expect((await f.app.request("/clusters/tokyo/hanse/v1/changes", { headers })).status).toBe(403);
      expect(
        (await f.app.request("/clusters/tokyo/hanse/v1/reports", { method: "POST", headers, body: "{}" })).status,
      ).toBe(403);
    });

    it("P3: a tombstone names the uid to delete, and comes again to an agent that lists anew", async () => {
      await bind(f, "paris", binding("web", { tombstone: { memberUid: "m-1", since: "2026-11-23T12:00:00Z" } }));
      const { body } = await changes("after=");
      expect(body.items[0]).toMatchObject({ uid: "uid-web", tombstone: { memberUid: "m-1" } });
      expect(body.items[0]?.object).toBeUndefined();
    });

    it("gives back the member uid last reported", async () => {
      await bind(f, "paris", binding("web"));
      await post([{ uid: "uid-web", generation: 1, memberUid: "m-1" }]);
      expect((await changes("after=")).body.items[0]?.memberUid).toBe("m-1");
    });

    it("P3: a cursor behind compaction is 410 Expired and holds nothing", async () => {
      await bind(f, "paris", binding("web"));
      const { body } = await changes("after=");
      await bind(f, "paris", binding("web", { generation: 2 }));
      await bind(f, "paris", binding("b"));
      await f.store.compact(await f.store.version());
      const { status, body: gone } = await changes(`after=${body.cursor}`);
      expect([status, gone.reason]).toEqual([410, "Expired"]);
      expect((await changes("after=")).body.hold).toBeUndefined();
    });

    const strangers = [
      ["a version ahead of the log", (cursor: string) => cursor.replace(/\.\d+\./, ".999999.")],
      ["another mark", (cursor: string) => cursor.replace(/\.(\d+)(\.[^.]*)$/, ".1$1$2")],
      ["a later epoch", (cursor: string) => `7${cursor.replace(/\.\d+\./, ".999999.")}`],
      ["no seal", (cursor: string) => cursor.replace(/\.\d+\./, ".999999.").replace(/\.[^.]*$/, "")],
    ] as const;
    it.each(strangers)("P3: %s is 410 Diverged and holds that cluster alone", async (_what, change) => {
      const tokyo = await join(f, "tokyo");
      await bind(f, "paris", binding("web"));
      await bind(f, "tokyo", binding("web"));
      const { body } = await changes("after=");
      const { status, body: gone } = await changes(`after=${change(body.cursor)}`);
      expect([status, gone.reason]).toEqual([410, "Diverged"]);
      expect((await f.store.epoch()).epoch).toBe(0);
      expect((await changes("after=")).body).toMatchObject({ hold: true, items: [{ uid: "uid-web" }] });
      expect((await changes("after=", undefined, tokyo, "tokyo")).body.hold).toBeUndefined();
    });

    /** The same federation's data as it was when only `kept` had been bound, and whose other cluster is tokyo. */
    async function restored(...kept: Binding[]): Promise<void> {
      f = await federation(KEY);
      paris = await join(f, "paris");
      const value = JSON.stringify({ metadata: { name: "tokyo" } });
      await f.store.commit({
        ops: [{ op: "create", key: { resource: CLUSTERS, namespace: "", name: "tokyo" }, value }],
      });
      for (const one of kept) await bind(f, "paris", one);
    }

    it("P3: a cursor that this federation sealed and this log does not hold opens an epoch, once, and holds every cluster", async () => {
      await restored(binding("web"), binding("b"));
      const { cursor } = (await changes("after=")).body;
      await restored(binding("web"));
      // Users write before the agent is heard: the same version again, in another commit.
      await bind(f, "paris", binding("c"), binding("d"));
      const { status, body: gone } = await changes(`after=${cursor}`);
      expect([status, gone.reason]).toEqual([410, "Diverged"]);
      expect((await f.store.epoch()).epoch).toBe(1);
      expect(await f.store.version()).toBe(2 ** 40);
      expect((await changes("after=")).body.hold).toBe(true);
      expect(await f.store.get({ resource: HOLDS, namespace: "tokyo", name: "deletions" })).toBeDefined();
      // The same again is of an earlier epoch by now.
      expect((await changes(`after=${cursor}`)).status).toBe(410);
      expect((await f.store.epoch()).epoch).toBe(1);
    });

    it("P3: a sealed cursor of a later epoch opens one above that, so that no version is given twice", async () => {
      await restored(binding("web"));
      await f.store.openEpoch(0, 4);
      await bind(f, "paris", binding("b"));
      const { cursor } = (await changes("after=")).body;
      expect(cursor).toMatch(/^5\./);
      await restored(binding("web"));
      expect((await changes(`after=${cursor}`)).status).toBe(410);
      expect((await f.store.epoch()).epoch).toBe(6);
      expect(await f.store.version()).toBe(6 * 2 ** 40);
    });

    it("P3: a cursor sealed for one cluster says nothing when another brings it", async () => {
      await restored(binding("web"), binding("b"));
      const { cursor } = (await changes("after=")).body;
      await restored(binding("web"));
      const tokyo = await join(f, "tokyo");
      expect((await changes(`after=${cursor}`, undefined, tokyo, "tokyo")).status).toBe(410);
      expect((await f.store.epoch()).epoch).toBe(0);
      expect((await changes("after=")).body.hold).toBeUndefined();
    });

    it("P3: a hold that is lifted ends the wait", async () => {
      await bind(f, "paris", binding("web"));
      const key = { resource: HOLDS, namespace: "paris", name: "deletions" };
      await f.store.commit({ ops: [{ op: "create", key, value: "{}" }] });
      const { body } = await changes("after=");
      expect(body.hold).toBe(true);
      const { watch } = f.store;
      const waits = new Promise<void>((resolve) => {
        f.store.watch = (options) => {
          if (options.select.some(({ resource }) => resource === BINDINGS)) resolve();
          return watch(options);
        };
      });
      const waiting = changes(`after=${body.cursor}&wait=30`);
      await waits;
      await f.store.commit({ ops: [{ op: "delete", key }] });
      expect((await waiting).body).toMatchObject({ items: [] });
      expect((await waiting).body.hold).toBeUndefined();
    });

    it.each(["after=nonsense", "after=1.2", "wait=-1", "limit=x"])("P11: %s is 400", async (query) => {
      expect((await changes(query)).status).toBe(400);
    });
  });

  describe("reports", () => {
    it("writes what changed, once: a replay writes nothing", async () => {
      await bind(f, "paris", binding("web"));
      const item = {
        uid: "uid-web",
        generation: 1,
        memberUid: "m-1",
        memberGeneration: 3,
        status: { readyReplicas: 1 },
      };
      expect(await post([item])).toEqual({ status: 200, body: { unknown: [] } });
      const report = JSON.parse((await stored(REPORTS, "uid-web")) ?? "") as Report;
      expect(report).toMatchObject({
        template: { name: "web" },
        generation: 1,
        memberUid: "m-1",
        memberGeneration: 3,
        status: { readyReplicas: 1 },
      });
      const version = await f.store.version();
      await post([item]);
      expect(await f.store.version()).toBe(version);
    });

    it("keeps the status when a report has none", async () => {
      await bind(f, "paris", binding("web"));
      await post([{ uid: "uid-web", generation: 1, status: { readyReplicas: 1 } }]);
      const failure = { reason: "Rejected", message: "no", since: "2026-11-23T12:00:00Z", permanent: true };
      await post([{ uid: "uid-web", generation: 1, failure }]);
      expect(JSON.parse((await stored(REPORTS, "uid-web")) ?? "")).toMatchObject({
        status: { readyReplicas: 1 },
        failure,
      });
    });

    it("P3: an object whose binding nobody knows is noted down by name, until the agent says that it is gone", async () => {
      const key = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        resource: "deployments",
        namespace: "default",
        name: "x",
      };
      const item = { uid: "uid-x", generation: 3, memberUid: "m-1" };
      expect((await post([item])).body.unknown).toEqual(["uid-x"]);
      expect(await stored(ORPHANS, "uid-x")).toBeUndefined();
      expect((await post([{ ...item, key }])).body.unknown).toEqual(["uid-x"]);
      expect(JSON.parse((await stored(ORPHANS, "uid-x"))!)).toMatchObject({ ...key, memberUid: "m-1" });
      const version = await f.store.version();
      await post([{ ...item, key }]);
      expect(await f.store.version()).toBe(version);
      await post([{ ...item, removed: true }]);
      expect(await stored(ORPHANS, "uid-x")).toBeUndefined();
    });

    it("P3: removed deletes the binding only under a tombstone", async () => {
      await bind(f, "paris", binding("web"));
      await post([{ uid: "uid-web", generation: 1, memberUid: "m-1" }]);
      await post([{ uid: "uid-web", generation: 1, removed: true }]);
      expect(await stored(BINDINGS, "uid-web")).toBeDefined();
      await bind(f, "paris", binding("web", { generation: 2, tombstone: { since: "2026-11-23T12:00:00Z" } }));
      await post([{ uid: "uid-web", generation: 2, removed: true }]);
      expect([await stored(BINDINGS, "uid-web"), await stored(REPORTS, "uid-web")]).toEqual([undefined, undefined]);
      expect((await post([{ uid: "uid-web", generation: 2, removed: true }])).body.unknown).toEqual(["uid-web"]);
    });

    it("P11: a failure without a time is 400: its Event could never be forgotten", async () => {
      await bind(f, "paris", binding("web"));
      const failure = { reason: "Rejected", message: "no", since: "whenever", permanent: true };
      expect((await post([{ uid: "uid-web", generation: 1, failure }])).status).toBe(400);
    });

    it("P3: removed under an earlier tombstone leaves a later one standing: the object was made again in between", async () => {
      await bind(f, "paris", binding("web", { generation: 4, tombstone: { since: "2026-11-23T12:00:00Z" } }));
      await post([{ uid: "uid-web", generation: 2, removed: true }]);
      expect(await stored(BINDINGS, "uid-web")).toBeDefined();
      await post([{ uid: "uid-web", generation: 4, removed: true }]);
      expect(await stored(BINDINGS, "uid-web")).toBeUndefined();
    });

    it("P12: a binding that goes while it is reported on leaves no report behind, first or later", async () => {
      for (const generation of [1, 2]) {
        await bind(f, "paris", binding("web", { generation }));
        if (generation === 2) await post([{ uid: "uid-web", generation: 1, memberUid: "m-1" }]);
        const commit = f.store.commit.bind(f.store);
        f.store.commit = async (wanted) => {
          f.store.commit = commit;
          const ops: Op[] = [BINDINGS, REPORTS].map((resource) => ({
            op: "delete",
            key: { resource, namespace: "paris", name: "uid-web" },
          }));
          await commit({ ops: generation === 1 ? ops.slice(0, 1) : ops });
          return commit(wanted);
        };
        expect((await post([{ uid: "uid-web", generation, memberUid: "m-1" }])).body.unknown).toEqual(["uid-web"]);
        expect(await stored(REPORTS, "uid-web")).toBeUndefined();
      }
    });

    it("one bad binding does not keep the others from being written", async () => {
      await bind(f, "paris", binding("web"));
      const { body } = await post([
        { uid: "nobody", generation: 1 },
        { uid: "uid-web", generation: 1 },
      ]);
      expect(body.unknown).toEqual(["nobody"]);
      expect(await stored(REPORTS, "uid-web")).toBeDefined();
    });

    it("the cluster's status keeps its conditions and is written only when it changed", async () => {
      const conditions = [{ type: "Ready", status: "True", reason: "Seen", message: "" }];
      const cluster = {
        apiVersion: "hanse.dev/v1alpha1",
        kind: "Cluster",
        metadata: { name: "paris" },
        spec: {},
        status: { conditions },
      };
      const key = { resource: CLUSTERS, namespace: "", name: "paris" };
      await f.store.commit({ ops: [{ op: "create", key, value: JSON.stringify(cluster) }] });
      await post([], { nodes: 2, free: { cpu: "3" } });
      const row = await f.store.get(key);
      expect(JSON.parse(row?.value ?? "").status).toEqual({ conditions, nodes: 2, free: { cpu: "3" } });
      await post([], { nodes: 2, free: { cpu: "3" } });
      expect((await f.store.get(key))?.version).toBe(row?.version);
    });

    const bad: [string, string, number][] = [
      ["no JSON", "{", 400],
      ["no items", "{}", 422],
      ["an item without uid", '{"items":[{}]}', 422],
      [
        "too many items",
        JSON.stringify({ items: Array.from({ length: 1001 }, () => ({ uid: "a", generation: 1 })) }),
        422,
      ],
      ["too large", JSON.stringify({ items: [], pad: "x".repeat(3 * 1024 * 1024) }), 413],
    ];
    it.each(bad)("P11: %s", async (_what, body, status) => {
      const headers = { authorization: await bearer(paris, f.now(), { sub: "paris" }) };
      expect((await f.app.request("/clusters/paris/hanse/v1/reports", { method: "POST", headers, body })).status).toBe(
        status,
      );
    });
  });

  describe("identity", () => {
    it("P10: a join token works once, but again for the key it was spent for", async () => {
      const token = await createJoinToken(f.credentials, { cluster: "oslo", ttlMs: 1000, now: f.now() });
      const [mine, other] = [await newKey(), await newKey()];
      const first = await f.app.request("/hanse/v1/register", registration(token, mine.x));
      expect(await first.json()).toEqual({ cluster: "oslo", federation: (await f.store.epoch()).federation });
      expect((await f.app.request("/hanse/v1/register", registration(token, other.x))).status).toBe(401);
      expect((await f.app.request("/hanse/v1/register", registration(token, mine.x))).status).toBe(201);
      expect(f.seen.filter((name) => name === "oslo")).toHaveLength(2);
    });

    it("an expired token is 401", async () => {
      const token = await createJoinToken(f.credentials, { cluster: "oslo", ttlMs: 1000, now: f.now() });
      f.tick(1000);
      expect((await f.app.request("/hanse/v1/register", registration(token, paris.x))).status).toBe(401);
    });

    const seconds = NOW / 1000;
    const refused: [string, Claims & { own?: boolean }][] = [
      ["another key", { sub: "paris", own: true }],
      ["an unknown cluster", { sub: "nowhere" }],
      ["another audience", { sub: "paris", aud: "x" }],
      ["another issuer", { sub: "paris", iss: "tokyo" }],
      ["expired beyond the skew", { sub: "paris", iat: seconds - 200, exp: seconds - 100 }],
      ["made in the future beyond the skew", { sub: "paris", iat: seconds + 40, exp: seconds + 100 }],
      ["living longer than 120 s", { sub: "paris", exp: seconds + 3600 }],
    ];
    it.each(refused)("P10: a signature with %s is 401", async (_what, { own, ...claims }) => {
      const headers = { authorization: await bearer(own ? await newKey() : paris, f.now(), claims) };
      expect((await f.app.request("/clusters/paris/hanse/v1/changes", { headers })).status).toBe(401);
    });

    it("an agent that joined again with another key is known at once, its old key no longer", async () => {
      const path = "/clusters/paris/hanse/v1/changes";
      const old = { authorization: await bearer(paris, f.now(), { sub: "paris" }) };
      expect((await f.app.request(path, { headers: old })).status).toBe(200);
      f.tick(1000);
      const headers = { authorization: await bearer(await join(f, "paris"), f.now(), { sub: "paris" }) };
      expect((await f.app.request(path, { headers })).status).toBe(200);
      expect((await f.app.request(path, { headers: old })).status).toBe(401);
    });

    it("clocks a little apart are forgiven; no token is 401", async () => {
      const late = { authorization: await bearer(paris, f.now() + 20_000, { sub: "paris" }) };
      expect((await f.app.request("/clusters/paris/hanse/v1/changes", { headers: late })).status).toBe(200);
      expect((await f.app.request("/clusters/paris/hanse/v1/changes")).status).toBe(401);
    });
  });
});
