// The manners of a Placement against a real kube-apiserver (P4): what server-side apply really does with fields that are let go of, objects that
// are taken over and owners that come later. One reconcile at a time, driven by the test.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { JsonObject, KubeObject } from "../kinds/object.ts";
import type { Item } from "../kinds/protocol.ts";
import { type ControlPlane, startControlPlane } from "../test/real/controlplane.ts";
import { describeReal } from "../test/real/describe.ts";
import { reconcile } from "./apply.ts";
import type { Entry } from "./inventory.ts";
import { openAccess } from "./kube.ts";
import { createLives } from "./live.ts";
import { openMember } from "./member.ts";
import { judge } from "./observe.ts";
import type { Parts } from "./parts.ts";
import { createReporter } from "./report.ts";
import { createScaled } from "./scaled.ts";
import { openState } from "./state.ts";

const SSA = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const WEB = `${DEPLOYMENTS}/web`;

const deployment = (image: string, replicas = 2): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", labels: { app: "web", "hanse.dev/binding": "u" } },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [
          { name: "c", image, args: ["a", "b"] },
          { name: "side", image: "side:1" },
        ],
      },
    },
  },
});
const unlabelled = (object: KubeObject): KubeObject => ({ ...object, metadata: { name: "web", namespace: "default" } });

describeReal("agent's manners", () => {
  let plane: ControlPlane;
  let dir: string;
  let parts: Parts;
  let steps: string[];
  let die: string | undefined;
  let scaled: boolean;
  let generation: number;

  beforeAll(async () => {
    plane = await startControlPlane({ name: "manners" });
  }, 90_000);
  afterAll(() => plane?.stop());

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "hanse-manner-"));
    [steps, die, scaled, generation] = [[], undefined, false, 0];
    const step = (name: string): void => {
      steps.push(name);
      if (name === die) throw new Error(`dies at ${name}`);
    };
    const state = openState(dir);
    const federation = { report: async () => ({ unknown: [] }) } as unknown as Parts["federation"];
    const signal = new AbortController().signal;
    const shared = { state, lives: createLives(), log: () => {}, signal, random: () => 0, step };
    parts = {
      ...shared,
      federation,
      member: openMember(await openAccess(plane.kubeconfig)),
      reporter: createReporter({ ...shared, federation, lost: () => {} }),
      queue: { add: () => {}, idle: () => true, stop: () => {} },
      clock: Date.now,
      observe: () => {},
      sameMember: async () => undefined,
      scaled: async () => scaled,
      scaledTo: () => undefined,
    };
  });
  afterEach(async () => {
    parts.member.close();
    parts.state.close();
    rmSync(dir, { recursive: true });
    await plane.call("DELETE", DEPLOYMENTS);
  });

  const key = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    resource: "deployments",
    namespace: "default",
    name: "web",
  };
  const entry = (): Entry => parts.state.get("u")!;
  const live = async () => (await plane.call("GET", WEB)).body;
  const change = (body: unknown, type = MERGE, path = `${WEB}?fieldManager=kubectl-edit`) =>
    plane.call("PATCH", path, body, type);
  const failure = () => entry().failure && { reason: entry().failure?.reason, permanent: entry().failure?.permanent };

  async function want(object: KubeObject | undefined, how: Partial<Item> = {}): Promise<void> {
    generation += 1;
    const what = object === undefined ? { tombstone: {} } : { object };
    const item = { uid: "u", version: generation, generation, key, policy: "apply" as const, rank: 20 };
    const memberUid = parts.state.get("u")?.memberUid;
    const items = [{ ...item, ...what, ...how, ...(memberUid === undefined ? {} : { memberUid }) }];
    parts.state.accept({ cursor: `0.${generation}.1`, items, complete: true });
    await reconcile(parts, entry());
  }
  /** What the watch would do. Tells whether it was drift. */
  async function seen(): Promise<boolean> {
    judge(parts, "MODIFIED", await live());
    const drifted = parts.lives.of(entry()).drift;
    await reconcile(parts, entry());
    return drifted;
  }
  const oursOf = (object: KubeObject): JsonObject =>
    object.metadata.managedFields?.find(({ manager }) => manager === "hanse")?.fieldsV1 ?? {};
  const containers = (object: KubeObject) => object["spec"].template.spec.containers;

  it("P4: adopt takes over an object of others, and its tombstone deletes it; nothing foreign in it is lost", async () => {
    await plane.call("POST", `${DEPLOYMENTS}?fieldManager=kubectl-create`, unlabelled(deployment("theirs:1", 7)));
    await change({ metadata: { annotations: { theirs: "stays" } } });
    const { uid } = (await live()).metadata;
    await want(deployment("ours:1"));
    expect(failure()).toEqual({ reason: "Conflict", permanent: true });
    expect(containers(await live())[0].image).toBe("theirs:1");
    // Switched on later, it heals what stood as a conflict.
    await want(deployment("ours:1"), { adopt: true });
    expect(entry()).toMatchObject({ memberUid: uid, adopted: uid, applied: 2, failure: undefined });
    expect(await live()).toMatchObject({
      metadata: { uid, labels: { "hanse.dev/binding": "u" }, annotations: { theirs: "stays" } },
      spec: { replicas: 2 },
    });
    await want(undefined);
    expect((await plane.call("GET", WEB)).status).toBe(404);
  });

  it("P3, P4: what could not be taken over is not ours: a tombstone leaves it", async () => {
    const theirs = unlabelled(deployment("theirs:1"));
    theirs["spec"].selector.matchLabels = { app: "other" };
    theirs["spec"].template.metadata.labels = { app: "other" };
    await plane.call("POST", DEPLOYMENTS, theirs);
    const before = await live();
    await want(deployment("ours:1"), { adopt: true });
    expect(failure()).toEqual({ reason: "Rejected", permanent: true });
    await want(undefined);
    expect(entry().removed).toBe(true);
    expect(await live()).toEqual(before);
  });

  it("P5: killed between the decision to adopt and the apply, or after the apply, it goes on", async () => {
    await plane.call("POST", DEPLOYMENTS, unlabelled(deployment("theirs:1")));
    const { uid } = (await live()).metadata;
    for (const at of ["adopting", "applied"]) {
      die = at;
      await want(deployment("ours:1"), { adopt: true });
      expect(steps).toContain(at);
      expect(entry()).toMatchObject({ adopted: uid, applied: 0, intent: true });
    }
    die = undefined;
    await reconcile(parts, entry());
    expect(entry()).toMatchObject({ memberUid: uid, applied: 2, failure: undefined });
  });

  it("P4: never adopted: what bears the label of another federation's binding", async () => {
    const theirs = deployment("theirs:1");
    theirs.metadata.labels = { "hanse.dev/binding": "of-another" };
    await plane.call("POST", DEPLOYMENTS, theirs);
    const before = await live();
    await want(deployment("ours:1"), { adopt: true });
    expect(failure()).toEqual({ reason: "Conflict", permanent: true });
    expect(entry().failure?.message).toContain("of-another");
    expect(await live()).toEqual(before);
  });

  const pointers = ["/spec/replicas", "/spec/template/spec/containers/0/image"];

  it("P4: ignored fields are set at creation, then nobody's: they stay, others set them without a conflict, and that is no drift", async () => {
    await want(deployment("ours:1"), { ignoreFields: pointers });
    expect((await live()).spec.replicas).toBe(2);
    expect(oursOf(await live())["f:spec"]).not.toHaveProperty("f:replicas");
    expect(await seen()).toBe(false);
    // Another generation of another value: what is ignored stays, the rest is applied.
    const next = deployment("ours:2", 5);
    containers(next)[1].image = "side:2";
    await want(next, { ignoreFields: pointers });
    expect(containers(await live()).map(({ image }: { image: string }) => image)).toEqual(["ours:1", "side:2"]);
    expect((await live()).spec.replicas).toBe(2);
    // An applier that does not force.
    const scaleUp = { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: 9 } };
    expect((await change(scaleUp, SSA, `${WEB}?fieldManager=argo`)).status).toBe(200);
    const set = { spec: { template: { spec: { containers: [{ name: "c", image: "theirs:1" }] } } } };
    await change(set, STRATEGIC);
    expect(await seen()).toBe(false);
    expect(await live()).toMatchObject({ spec: { replicas: 9 } });
    await want(deployment("ours:3"), { ignoreFields: pointers });
    expect(containers(await live())[0].image).toBe("theirs:1");
    // No longer ignored.
    await want(deployment("ours:4"));
    expect(containers(await live())[0].image).toBe("ours:4");
    expect((await live()).spec.replicas).toBe(2);
  });

  it("P4: a field that was ours before it is ignored stays as it is; made anew it has its first value again", async () => {
    await want(deployment("ours:1"));
    await want(deployment("ours:2", 4), { ignoreFields: pointers });
    expect((await live()).spec.replicas).toBe(2);
    expect(containers(await live())[0].image).toBe("ours:1");
    await plane.call("DELETE", WEB);
    parts.lives.of(entry()).drift = true;
    await reconcile(parts, entry());
    expect((await live()).spec.replicas).toBe(4);
    expect(containers(await live())[0].image).toBe("ours:2");
  });

  it("P4: a part of what is owned only as a whole is sent as it is in the cluster", async () => {
    const ignoreFields = ["/spec/template/spec/containers/0/args/0"];
    await want(deployment("ours:1"), { ignoreFields });
    await change({ spec: { template: { spec: { containers: [{ name: "c", args: ["x", "y"] }] } } } }, STRATEGIC);
    await seen();
    expect(containers(await live())[0].args).toEqual(["x", "b"]);
  });

  it("P4: drift is reported and left where the Placement says so, until it is put right or another generation comes", async () => {
    const how = { reportDrift: true, ignoreFields: ["/spec/replicas"] };
    await want(deployment("ours:1"), how);
    await change({ spec: { template: { spec: { containers: [{ name: "c", image: "theirs:1" }] } } } }, STRATEGIC);
    const { resourceVersion } = (await live()).metadata;
    await seen();
    expect(failure()).toEqual({ reason: "Drifted", permanent: true });
    expect(entry().failure?.message).toBe("changed in the cluster: spec.template.spec.containers[name=c].image");
    await reconcile(parts, entry());
    expect((await live()).metadata.resourceVersion).toBe(resourceVersion);
    // Somebody sets it right: the field is ours again.
    await change({ spec: { template: { spec: { containers: [{ name: "c", image: "ours:1" }] } } } }, STRATEGIC);
    await seen();
    expect(failure()).toBeUndefined();
    expect(await seen()).toBe(false);
    await change({ metadata: { labels: { app: null } } });
    await seen();
    expect(entry().failure?.message).toBe("changed in the cluster: metadata.labels.app");
    await want(deployment("ours:2"), how);
    expect(failure()).toBeUndefined();
    expect((await live()).metadata.labels.app).toBe("web");
    // Gone is not changed.
    await plane.call("DELETE", WEB);
    parts.lives.of(entry()).drift = true;
    await reconcile(parts, entry());
    expect(containers(await live())[0].image).toBe("ours:2");
  });

  it("P4: alone, nothing is applied to an object in which others own fields", async () => {
    await want(deployment("ours:1"), { alone: true });
    // Controllers of Kubernetes, status, and fields that are ours too do not count.
    const observed = { metadata: { annotations: { observed: "1" } }, status: { observedGeneration: 1 } };
    await change(observed, MERGE, `${WEB}/status?fieldManager=some-operator`);
    expect((await live()).metadata.annotations).toEqual({ observed: "1" });
    await change(
      { metadata: { annotations: { revision: "1" } } },
      MERGE,
      `${WEB}?fieldManager=kube-controller-manager`,
    );
    await change({ spec: { replicas: 3 } });
    await want(deployment("ours:2"), { alone: true });
    expect(failure()).toBeUndefined();
    await change({ metadata: { annotations: { theirs: "1" } }, spec: { paused: true } });
    await want(deployment("ours:3"), { alone: true });
    expect(failure()).toEqual({ reason: "OwnedByOthers", permanent: true });
    expect(entry().failure?.message).toBe("kubectl-edit owns metadata.annotations.theirs, spec.paused");
    expect(containers(await live())[0].image).toBe("ours:2");
    await change({ metadata: { annotations: { theirs: null } }, spec: { paused: null } });
    await reconcile(parts, entry());
    expect(failure()).toBeUndefined();
    expect(containers(await live())[0].image).toBe("ours:3");
  });

  it("P4: replicas are handed over to an autoscaler and back without a step in between", async () => {
    await want(deployment("ours:1", 3));
    scaled = true;
    // It has not scaled yet: we are the only owner, and 1 would be the default.
    await want(deployment("ours:2", 3));
    expect((await live()).spec.replicas).toBe(3);
    await change({ spec: { replicas: 7 } }, MERGE, `${WEB}/scale?fieldManager=kube-controller-manager`);
    await want(deployment("ours:3", 3));
    await want(deployment("ours:3", 5));
    expect(await live()).toMatchObject({ spec: { replicas: 7 } });
    expect(containers(await live())[0].image).toBe("ours:3");
    expect(entry().scaled).toBe(true);
    // What people set since is applied, once.
    await want(deployment("ours:3", 5), { resized: generation + 1 });
    expect((await live()).spec.replicas).toBe(5);
    await change({ spec: { replicas: 8 } }, MERGE, `${WEB}/scale?fieldManager=kube-controller-manager`);
    expect(await seen()).toBe(true);
    await want(deployment("ours:4", 5), { resized: generation });
    expect((await live()).spec.replicas).toBe(8);
    scaled = false;
    parts.lives.of(entry()).drift = true;
    await reconcile(parts, entry());
    expect((await live()).spec.replicas).toBe(5);
    expect(entry().scaled).toBeUndefined();
  });

  it("P4: which workloads an autoscaler scales is known from a watch, and when it no longer does", async () => {
    await want(deployment("ours:1", 3));
    const freed: string[] = [];
    const end = new AbortController();
    const known = createScaled({
      member: parts.member,
      state: parts.state,
      signal: end.signal,
      random: () => 0,
      freed: ({ uid }) => freed.push(uid),
    });
    const path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    const any = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "any" },
      spec: { scaleTargetRef, maxReplicas: 9 },
    };
    await plane.call("POST", path, any);
    // Before the first list it is asked.
    expect(await known.scaled(entry(), false)).toBe(true);
    await plane.call("DELETE", `${path}/any`);
    entry().scaled = true;
    const running = known.run();
    await expect.poll(() => freed, { timeout: 5000 }).toEqual(["u"]);
    await plane.call("POST", path, any);
    await expect.poll(() => known.scaled(entry(), false), { timeout: 5000 }).toBe(true);
    await plane.call("PATCH", `${path}/any`, { spec: { scaleTargetRef: { name: "other" } } }, MERGE);
    await expect.poll(() => freed, { timeout: 5000 }).toEqual(["u", "u"]);
    await plane.call("DELETE", `${path}/any`);
    end.abort();
    await running;
  });
});
