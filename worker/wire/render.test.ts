import { describe, expect, test } from "vitest";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { BINDINGS } from "../../kinds/binding.ts";
import { openTrial } from "./trial.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const CLUSTERS = "/apis/hanse.dev/v1alpha1/clusters";
const OVERRIDES = "/apis/hanse.dev/v1alpha1/namespaces/default/overrides";

const web = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", annotations: { "hanse.dev/placement": "here" } },
  spec: {
    replicas: 5,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        nodeSelector: { "topology.kubernetes.io/region": "eu", disk: "ssd" },
        containers: [{ name: "web", image: "nginx:1.27" }],
      },
    },
  },
};

async function federation() {
  const trial = await openTrial(ROOT_KINDS, { federation: true });
  const { call } = trial;
  for (const name of ["paris", "oslo"])
    await call("POST", CLUSTERS, {
      apiVersion: "hanse.dev/v1alpha1",
      kind: "Cluster",
      metadata: { name, labels: { "topology.kubernetes.io/region": "eu" } },
    });
  const made = await call("POST", DEPLOYMENTS, web);
  expect(made.status).toBe(201);
  return { ...trial, uid: made.body.metadata.uid as string };
}

function override(name: string, rule: object) {
  const metadata = { name };
  return { apiVersion: "hanse.dev/v1alpha1", kind: "Override", metadata, spec: { rules: [rule] } };
}

describe("render", () => {
  test("an object that is not placed yet, without what is the root's and what is divided", async () => {
    const { call, uid } = await federation();
    const { status, body } = await call("GET", `${DEPLOYMENTS}/web/render?cluster=paris`);
    expect(status).toBe(200);
    expect(body.metadata).toEqual({ name: "web", namespace: "default", labels: { "hanse.dev/binding": uid } });
    expect(body.spec.replicas).toBeUndefined();
    expect(body.spec.template.spec.nodeSelector).toEqual({ disk: "ssd" });
    expect(body.status).toBeUndefined();
  });

  test("with the share of its binding, until that ends", async () => {
    const { call, store, uid } = await federation();
    const key = { resource: BINDINGS, namespace: "paris", name: uid };
    await store.commit({ ops: [{ op: "put", key, value: JSON.stringify({ share: { "spec.replicas": 3 } }) }] });
    const replicas = async (cluster: string) =>
      (await call("GET", `${DEPLOYMENTS}/web/render?cluster=${cluster}`)).body.spec.replicas as number;
    expect(await replicas("paris")).toBe(3);
    expect(await replicas("oslo")).toBeUndefined();
    const ended = { share: { "spec.replicas": 3 }, tombstone: { since: "2026-11-23T00:00:00Z" } };
    await store.commit({ ops: [{ op: "put", key, value: JSON.stringify(ended) }] });
    expect(await replicas("paris")).toBeUndefined();
  });

  test("with the cluster's Overrides and no other's; one that cannot be followed says so with 422", async () => {
    const { call } = await federation();
    const images = [{ registry: "${cluster.name}.example.com" }];
    await call("POST", OVERRIDES, override("mirror", { clusters: [{ names: ["oslo"] }], images }));
    const imageIn = async (cluster: string) =>
      (await call("GET", `${DEPLOYMENTS}/web/render?cluster=${cluster}`)).body.spec.template.spec.containers[0].image;
    expect(await imageIn("oslo")).toBe("oslo.example.com/library/nginx:1.27");
    expect(await imageIn("paris")).toBe("nginx:1.27");

    const patches = [{ op: "remove", path: "/spec/paused" }];
    await call("POST", OVERRIDES, override("broken", { clusters: [{ names: ["paris"] }], patches }));
    expect(await call("GET", `${DEPLOYMENTS}/web/render?cluster=paris`)).toMatchObject({
      status: 422,
      body: {
        reason: "Invalid",
        message: expect.stringMatching(/^Override default\/broken: rules\[0\]\.patches\[0\]: Unable to remove/),
      },
    });
    expect(await imageIn("oslo")).toBe("oslo.example.com/library/nginx:1.27");
  });

  test("followers too; not what stays at the root, nor in a cluster of its own", async () => {
    const { call } = await federation();
    await call("POST", "/api/v1/namespaces/default/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { a: "b" },
    });
    const rendered = await call("GET", "/api/v1/namespaces/default/configmaps/c/render?cluster=paris");
    expect(rendered.body.data).toEqual({ a: "b" });
    expect((await call("GET", `${CLUSTERS}/paris/render?cluster=paris`)).status).toBe(404);
    const member = await openTrial(ROOT_KINDS);
    await member.call("POST", DEPLOYMENTS, web);
    expect((await member.call("GET", `${DEPLOYMENTS}/web/render?cluster=paris`)).status).toBe(404);
  });

  test.each([
    ["GET", "web/render?cluster=rome", 404, 'clusters.hanse.dev "rome" not found'],
    ["GET", "nope/render?cluster=paris", 404, 'deployments.apps "nope" not found'],
    ["GET", "web/render", 400, "for which cluster? the query parameter cluster names it"],
    ["PUT", "web/render?cluster=paris", 405, "the server does not allow this method on the requested resource"],
  ])("%s %s: %i", async (method, path, status, message) => {
    const { call } = await federation();
    const answer = await call(method, `${DEPLOYMENTS}/${path}`, method === "PUT" ? web : undefined);
    expect(answer).toMatchObject({ status, body: { message } });
  });
});
