// P3 with everything real: an older plain dump of the database is restored while agents run and users write. Two control planes, agents and the
// server as processes. The steps build on one another; each is one sentence of what an admin can rely on.
//
//   both hold keep, doomed, phoenix ─ agents killed ─ doomed and phoenix deleted ─► DUMP (four tombstones in it)
//     ─ alpha's agent back: carries its two out ─ phoenix made anew, late made, keep changed ─► server killed, DUMP restored, beta's agent back too
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EpochCluster, EpochView } from "../../kinds/epoch.ts";
import { type EmbeddedPostgres, startPostgres } from "../../worker/store/embedded.node.ts";
import { type Following, followConfigMaps } from "../clients/nodeinformers.ts";
import { type ControlPlane, startControlPlane } from "../real/controlplane.ts";
import { describeReal } from "../real/describe.ts";
import { type Dump, dump, restore } from "../real/dump.ts";
import { eventually, type Federation, type Running, startFederation } from "./processes.ts";

const NAMES = ["alpha", "beta"] as const;
type Name = (typeof NAMES)[number];
const EPOCH = 2 ** 40;
const PATHS = ["/apis/apps/v1/deployments", "/api/v1/configmaps", "/api/v1/services", "/api/v1/namespaces"];
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const MAPS = "/api/v1/namespaces/default/configmaps";

/** A workload and the ConfigMap that goes where it goes. */
const workload = (name: string, image = "tomcat:10"): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: default }
spec:
  replicas: 4
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
      - name: tomcat
        image: ${image}
        envFrom: [{ configMapRef: { name: ${name}-settings } }]
        resources: { requests: { cpu: 100m, memory: 64Mi } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}-settings, namespace: default }
data: { image: "${image}" }
`;

describeReal("an older backup is restored", () => {
  const dir = mkdtempSync(join(tmpdir(), "hanse-restore-"));
  const connections: Sql[] = [];
  const planes = {} as Record<Name, ControlPlane>;
  const agents = {} as Record<Name, Running>;
  let server: EmbeddedPostgres;
  let federation: Federation;
  let informer: Following;
  let kept: Dump;
  /** What users were answered, in order: name -> resourceVersion. */
  const written: { name: string; version: number }[] = [];
  let writing = false;
  let writer: Promise<void> = Promise.resolve();
  /** What stands in the members, by cluster/path/namespace/name -> uid, and has to go on standing. */
  let standing = new Map<string, string>();

  const url = (database: string): string => Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
  function connect(database: string): Sql {
    const sql = postgres(url(database), { max: 2, fetch_types: false, onnotice: () => {} });
    connections.push(sql);
    return sql;
  }
  async function create(database: string): Promise<Sql> {
    await connect("postgres").unsafe(`create database ${database}`);
    return connect(database);
  }
  /** The server dies, and is started on the restored dump. */
  async function restoreInto(database: string): Promise<void> {
    await federation.process.kill("SIGKILL");
    await restore(await create(database), kept);
    await federation.serve(url(database));
  }

  const apply = (text: string): string => federation.kubectl(["apply", "-f", "-"], { input: text });
  const live = async (name: Name, path: string): Promise<any> => {
    const { status, body } = await planes[name].call("GET", path);
    return status === 200 ? body : undefined;
  };
  const epoch = async (): Promise<EpochView> => (await federation.get("/hanse/v1/epoch")).body;
  const of = ({ clusters }: EpochView, name: Name): EpochCluster | undefined =>
    clusters.find(({ cluster }) => cluster === name);
  const list = (named: { resource: string; name: string }[] | undefined): string[] =>
    (named ?? []).map(({ resource, name }) => `${resource}/${name}`);
  const both = (what: string, check: (name: Name) => Promise<unknown>): Promise<unknown> =>
    Promise.all(NAMES.map((name) => eventually(`${what} in ${name}`, () => check(name))));

  async function ours(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const name of NAMES)
      for (const path of PATHS)
        for (const { metadata } of (await planes[name].call("GET", `${path}?labelSelector=hanse.dev/binding`)).body
          .items)
          if (metadata.deletionTimestamp === undefined)
            found.set(`${name} ${path} ${metadata.namespace ?? ""}/${metadata.name}`, metadata.uid);
    return found;
  }
  async function nothingIsGone(): Promise<void> {
    const now = await ours();
    expect([...standing].filter(([key, uid]) => now.get(key) !== uid)).toEqual([]);
  }

  /** A user who goes on writing whatever happens, and notes what was acknowledged. */
  function startWriting(): void {
    writing = true;
    writer = (async () => {
      for (let index = 0; writing; index++) {
        const name = `w-${written.length}-${index}`;
        try {
          federation.kubectl(["create", "configmap", name, "--from-literal=a=b"]);
          const { body } = await federation.get(`${MAPS}/${name}`);
          written.push({ name, version: Number(body.metadata.resourceVersion) });
        } catch {
          // Nobody is there.
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
  }
  const writes = async (count: number): Promise<void> => {
    const from = written.length;
    await eventually(`${count} writes`, () => written.length >= from + count);
  };

  beforeAll(async () => {
    server = await startPostgres({ dir });
    await create("first");
    await Promise.all([
      ...NAMES.map(async (name) => {
        planes[name] = await startControlPlane({ name, controllers: true, kwok: true });
      }),
      (async () => {
        federation = await startFederation(url("first"));
      })(),
    ]);
    for (const name of NAMES) agents[name] = federation.agent(name, planes[name].kubeconfig, federation.join(name));
    await eventually("both Ready", () => {
      const text = federation.kubectl(["get", "nodes", "--no-headers"]);
      return text.split("\n").filter((line) => / Ready /.test(line)).length === 2;
    });
    for (const name of ["keep", "doomed", "phoenix"]) apply(workload(name));
    for (const name of ["keep", "doomed", "phoenix"])
      await both(name, async (cluster) => (await live(cluster, `${DEPLOYMENTS}/${name}`))?.status?.readyReplicas === 2);
    informer = await followConfigMaps(federation.kubeconfig, "default");
  }, 180_000);
  afterAll(async () => {
    writing = false;
    await writer;
    await informer?.stop();
    await federation?.stop();
    for (const sql of connections) await sql.end();
    await server?.stop();
    await Promise.all(Object.values(planes).map((plane) => plane.stop()));
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it("goes on after the dump: alpha deletes what the dump will name again, makes what it does not know", async () => {
    for (const name of NAMES) await agents[name].kill("SIGKILL");
    federation.kubectl(["delete", "deploy", "doomed", "phoenix", "--wait=false"]);
    const sql = connect("first");
    await eventually("four tombstones", async () => {
      const [row] = await sql`select count(*)::integer as count from log where resource = 'bindings.hanse.dev'
        and until = 9223372036854775807 and value like '%"tombstone"%' and value like '%"Deployment"%'`;
      return row!["count"] === 4;
    });
    kept = await dump(sql);

    agents.alpha = federation.agent("alpha", planes.alpha.kubeconfig);
    await eventually("doomed is gone from alpha", async () => !(await live("alpha", `${DEPLOYMENTS}/doomed`)));
    await eventually("phoenix too", async () => !(await live("alpha", `${DEPLOYMENTS}/phoenix`)));
    apply(workload("phoenix", "tomcat:2"));
    apply(workload("late"));
    apply(workload("keep", "tomcat:11"));
    const image = async (name: string): Promise<string> =>
      (await live("alpha", `${DEPLOYMENTS}/${name}`))?.spec.template.spec.containers[0].image;
    await eventually(
      "all of it in alpha",
      async () =>
        [await image("phoenix"), await image("late"), await image("keep")].join() === "tomcat:2,tomcat:10,tomcat:11",
    );
    startWriting();
    await writes(5);
    await eventually("the informer knows", () => informer.cached().includes(written[0]!.name));
    standing = await ours();
    expect([...standing.keys()].filter((key) => /doomed|late|phoenix/.test(key)).sort()).toEqual([
      "alpha /api/v1/configmaps default/late-settings",
      "alpha /api/v1/configmaps default/phoenix-settings",
      "alpha /apis/apps/v1/deployments default/late",
      "alpha /apis/apps/v1/deployments default/phoenix",
      "beta /api/v1/configmaps default/doomed-settings",
      "beta /api/v1/configmaps default/phoenix-settings",
      "beta /apis/apps/v1/deployments default/doomed",
      "beta /apis/apps/v1/deployments default/phoenix",
    ]);
  }, 90_000);

  let old = 0;
  it("P3 restored: every cluster holds, what would be deleted and what is unknown is named, and nothing is gone", async () => {
    old = written.at(-1)!.version;
    agents.beta = federation.agent("beta", planes.beta.kubeconfig);
    await restoreInto("second");
    await writes(3);
    const shown = await eventually("alpha named what it has beside", async () => {
      const view = await epoch();
      return of(view, "alpha")?.orphaned === 3 && of(view, "beta")?.ready === true && view;
    });
    expect(shown).toMatchObject({ epoch: 1, seen: "the data was restored into another database" });
    for (const name of NAMES) {
      expect(of(shown, name)?.held).toBeDefined();
      expect(list(of(shown, name)?.deletions).filter((one) => one.startsWith("deployments"))).toEqual([
        "deployments.apps/doomed",
        "deployments.apps/phoenix",
      ]);
    }
    // phoenix-settings is in the dump, under the same uid: it is no orphan.
    expect(list(of(shown, "alpha")?.orphans)).toEqual([
      "configmaps/late-settings",
      "deployments.apps/late",
      "deployments.apps/phoenix",
    ]);
    const said = federation.hanse("epoch");
    expect(said).toMatch(/^epoch 1 since .*restored/);
    expect(said).toMatch(/to be deleted in beta once confirmed:\n(.*\n)*  deployments\.apps default\/doomed/);
    expect(said).toMatch(/in alpha, made by Hanse and unknown[^\n]*\n  configmaps default\/late-settings/);
    await nothingIsGone();
  }, 60_000);

  it("P1 P3 versions go on above every earlier one, a watch from before gets 410, informers list again", async () => {
    const since = written.filter(({ version }) => version > EPOCH);
    expect(since.length).toBeGreaterThanOrEqual(3);
    // No version was given twice, not even to whoever wrote first.
    expect(written.filter(({ version }) => version > old && version <= EPOCH)).toEqual([]);
    expect(written.map(({ version }) => version)).toEqual(written.map(({ version }) => version).sort((a, b) => a - b));
    const watched = (await federation.get(`${MAPS}?watch=1&resourceVersion=${old}&timeoutSeconds=5`)).body;
    expect(watched.object ?? watched).toMatchObject({ code: 410, reason: "Expired" });
    await eventually("listed again, and following", () => {
      const cached = informer.cached();
      return cached.includes(written.at(-1)!.name) && !cached.includes("late-settings");
    });
    expect(informer.lists.at(-1)).toBeGreaterThan(EPOCH);
  });

  it("what users write meanwhile arrives: added, changed, and what was lost is made again without a new object", async () => {
    const uid = (await live("alpha", `${DEPLOYMENTS}/late`)).metadata.uid;
    apply(workload("fresh"));
    apply(workload("keep", "tomcat:12"));
    apply(workload("late"));
    await both("fresh", (name) => live(name, `${DEPLOYMENTS}/fresh`));
    await both("keep changed", async (name) => {
      const image = (await live(name, `${DEPLOYMENTS}/keep`)).spec.template.spec.containers[0].image;
      return image === "tomcat:12" && (await live(name, `${MAPS}/keep-settings`)).data.image === "tomcat:12";
    });
    const label = (await federation.get(`${DEPLOYMENTS}/late`)).body.metadata.uid;
    await eventually(
      "late is the new one's",
      async () => (await live("alpha", `${DEPLOYMENTS}/late`)).metadata.labels["hanse.dev/binding"] === label,
    );
    expect((await live("alpha", `${DEPLOYMENTS}/late`)).metadata.uid).toBe(uid);
    await eventually(
      "and no orphan",
      async () => list(of(await epoch(), "alpha")?.orphans).join() === "deployments.apps/phoenix",
    );
    federation.kubectl(["rollout", "status", "deploy/late", "--timeout=30s"]);
    await nothingIsGone();
  }, 90_000);

  it("what users delete meanwhile waits too, and dead processes change nothing of it", async () => {
    standing = await ours();
    federation.kubectl(["delete", "deploy", "fresh", "--wait=false"]);
    await eventually("it waits in both", async () => {
      const view = await epoch();
      return NAMES.every((name) => list(of(view, name)?.deletions).includes("deployments.apps/fresh"));
    });
    const before = await epoch();
    await federation.process.kill("SIGKILL");
    await agents.alpha.kill("SIGKILL");
    await federation.serve();
    agents.alpha = federation.agent("alpha", planes.alpha.kubeconfig);
    await writes(3);
    apply(workload("keep", "tomcat:13"));
    await both(
      "keep follows",
      async (name) => (await live(name, `${DEPLOYMENTS}/keep`)).spec.template.spec.containers[0].image === "tomcat:13",
    );
    const held = ({ clusters }: EpochView): unknown => clusters.map(({ ready: _, ...one }) => one);
    expect(held(await epoch())).toEqual(held(before));
    expect((await epoch()).epoch).toBe(1);
    await nothingIsGone();
  }, 60_000);

  it("P3 hanse epoch confirm: what was shown is deleted, in one cluster and then in all; orphans stay", async () => {
    const stale = await epoch();
    expect(federation.hanse("epoch", "confirm", "--cluster", "beta")).toContain("deployments.apps default/doomed");
    await eventually(
      "beta is rid of them",
      async () => !(await live("beta", `${DEPLOYMENTS}/doomed`)) && !(await live("beta", `${DEPLOYMENTS}/fresh`)),
    );
    expect(of(await epoch(), "beta")?.held).toBeUndefined();
    expect(await live("alpha", `${DEPLOYMENTS}/fresh`)).toBeDefined();
    expect(of(await epoch(), "alpha")?.held).toEqual(of(stale, "alpha")?.held);
    federation.hanse("epoch", "confirm");
    await eventually("alpha is rid of fresh", async () => !(await live("alpha", `${DEPLOYMENTS}/fresh`)));
    // The tombstone of the first phoenix met the second one, which this data does not know.
    await eventually("no deletion is left", async () => {
      const sql = connect("second");
      const [row] = await sql`select count(*)::integer as count from log where resource = 'bindings.hanse.dev'
        and until = 9223372036854775807 and value like '%"tombstone"%' and value like '%"Deployment"%'`;
      return row!["count"] === 0;
    });
    expect((await live("alpha", `${DEPLOYMENTS}/phoenix`)).metadata.uid).toBe(
      standing.get("alpha /apis/apps/v1/deployments default/phoenix"),
    );
    expect(list(of(await epoch(), "alpha")?.orphans)).toEqual(["deployments.apps/phoenix"]);
    // Nobody wants it: once somebody deletes it there it is not made again, and not named.
    await planes.alpha.call("DELETE", `${DEPLOYMENTS}/phoenix`);
    await eventually("phoenix is no orphan", async () => of(await epoch(), "alpha") === undefined);
    expect(await live("alpha", `${DEPLOYMENTS}/phoenix`)).toBeUndefined();
    expect(() => federation.hanse("epoch", "confirm")).toThrow(/nothing is held/);
  }, 60_000);

  it("P1 P3 the same dump restored once more: above every version again, held again, confirmed again", async () => {
    standing = await ours();
    const last = written.at(-1)!.version;
    await restoreInto("third");
    // The database alone says epoch 1 again; the agents' cursors are of that epoch too, and of another log.
    await eventually("the second epoch", async () => (await epoch()).epoch === 2);
    await writes(3);
    expect(written.at(-1)!.version).toBeGreaterThan(2 * EPOCH);
    expect(last).toBeLessThan(2 * EPOCH);
    const shown = await eventually("both named what they have beside", async () => {
      const view = await epoch();
      return NAMES.every((name) => list(of(view, name)?.orphans).includes("deployments.apps/late")) && view;
    });
    expect(list(of(shown, "alpha")?.deletions)).toContain("deployments.apps/doomed");
    await both(
      "keep as the dump has it",
      async (name) => (await live(name, `${DEPLOYMENTS}/keep`)).spec.template.spec.containers[0].image === "tomcat:10",
    );
    await nothingIsGone();
    federation.hanse("epoch", "confirm");
    await eventually("nothing waits", async () => (await epoch()).clusters.every(({ held }) => held === undefined));
    await eventually("doomed is forgotten", async () => {
      const { body } = await federation.get("/clusters/alpha/apis/apps/v1/deployments");
      return body.items.map((one: any) => one.metadata.name).join() === "keep";
    });
    expect(await live("alpha", `${DEPLOYMENTS}/late`)).toBeDefined();
  }, 90_000);
});
