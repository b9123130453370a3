// The whole first Hanse against two real control planes with kwok nodes: real kubectl, real agents as processes, kill -9 at bad moments.
// The steps build on one another and run in order; each is one sentence of what a user can rely on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../real/controlplane.ts";
import { describeReal } from "../real/describe.ts";
import { eventually, type Federation, type Joined, type Running, startFederation } from "./processes.ts";

const deployment = "/apis/apps/v1/namespaces/default/deployments/tomcat";
const tomcat = (image: string, replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: tomcat, namespace: default, labels: { app: tomcat } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: tomcat } }
  template:
    metadata: { labels: { app: tomcat } }
    spec:
      containers:
      - name: tomcat
        image: ${image}
        ports: [{ containerPort: 8080 }]
        envFrom: [{ configMapRef: { name: tomcat-settings } }]
        resources: { requests: { cpu: 100m, memory: 64Mi } }
---
apiVersion: v1
kind: Service
metadata: { name: tomcat, namespace: default }
spec: { selector: { app: tomcat }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: tomcat-settings, namespace: default }
data: { GREETING: hello }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: unused, namespace: default }
data: { a: b }
`;

describeReal("a federation of two real clusters", () => {
  let planes: ControlPlane[] = [];
  let federation: Federation;
  const agents = new Map<string, Running>();
  const joined = new Map<string, Joined>();

  const live = async (plane: ControlPlane, path = deployment): Promise<any | undefined> => {
    const answer = await plane.call("GET", path);
    return answer.status === 200 ? answer.body : undefined;
  };
  const root = async (path = deployment): Promise<any> => (await federation.get(path)).body;
  const rolledOut = async (image: string, replicas: number): Promise<void> => {
    await eventually(`tomcat of ${replicas} with ${image} ready everywhere`, async () => {
      const object = await root();
      const status = object.status ?? {};
      if (
        status.observedGeneration !== object.metadata.generation ||
        status.replicas !== replicas ||
        status.readyReplicas !== replicas ||
        status.updatedReplicas !== replicas
      ) {
        throw new Error(JSON.stringify(status));
      }
      return true;
    });
    const members = await Promise.all(planes.map((plane) => live(plane)));
    const sum = members.reduce((total, object) => total + (object?.status?.readyReplicas ?? 0), 0);
    expect(sum).toBe(replicas);
    for (const object of members) if (object) expect(object.spec.template.spec.containers[0].image).toBe(image);
  };

  beforeAll(async () => {
    [planes, federation] = await Promise.all([
      Promise.all(["alpha", "beta"].map((name) => startControlPlane({ name, controllers: true, kwok: true }))),
      startFederation(),
    ]);
  }, 180_000);
  afterAll(async () => {
    await federation?.stop();
    await Promise.all(planes.map((plane) => plane.stop()));
  }, 60_000);

  it("joins both with one token each, and shows them as Ready clusters and nodes", async () => {
    for (const plane of planes) {
      joined.set(plane.name, federation.join(plane.name, plane.name === "alpha" ? "eu-west" : "us-east"));
      agents.set(plane.name, federation.agent(plane.name, plane.kubeconfig, joined.get(plane.name)));
    }
    await eventually("both nodes Ready", () => {
      const text = federation.kubectl(["get", "nodes", "--no-headers"]);
      return text.split("\n").filter((line) => / Ready /.test(line)).length === 2;
    });
    expect(federation.kubectl(["get", "clusters"])).toMatch(/alpha.*eu-west/);
  });

  it("applies tomcat.yaml with plain kubectl: Running pods in both, READY is the sum, followers came along, nothing else did", async () => {
    federation.kubectl(["apply", "-f", "-"], { input: tomcat("tomcat:10", 6) });
    expect(federation.kubectl(["rollout", "status", "deploy/tomcat", "--timeout=60s"])).toContain(
      "successfully rolled out",
    );
    await rolledOut("tomcat:10", 6);
    expect(federation.kubectl(["get", "deploy", "tomcat"])).toMatch(/tomcat\s+6\/6\s+6\s+6/);
    for (const plane of planes) {
      expect((await live(plane)).spec.replicas).toBeGreaterThan(0);
      const pods = await plane.call("GET", "/api/v1/namespaces/default/pods");
      expect(pods.body.items.every((pod: any) => pod.status.phase === "Running")).toBe(true);
      // kubectl applied the Service after the Deployment: it follows by itself.
      await eventually("the Service followed", () => live(plane, "/api/v1/namespaces/default/services/tomcat"), 5000);
      expect((await live(plane, "/api/v1/namespaces/default/configmaps/tomcat-settings")).data.GREETING).toBe("hello");
      expect(await live(plane, "/api/v1/namespaces/default/configmaps/unused")).toBeUndefined();
    }
    expect((await federation.get(`/clusters/alpha${deployment}`)).body.spec.replicas).toBe(
      (await live(planes[0]!)).spec.replicas,
    );
  });

  it.each(["kubectl", "kubectl-1.32"] as const)(
    "speaks to %s: apply, dry runs, tables, describe, labels, patches, raw views",
    async (binary) => {
      const run = (...args: string[]): string => federation.kubectl(args, { binary });
      expect(federation.kubectl(["apply", "-f", "-"], { binary, input: tomcat("tomcat:10", 6) })).toContain(
        "deployment.apps/tomcat unchanged",
      );
      expect(
        federation.kubectl(["apply", "--dry-run=server", "-f", "-"], { binary, input: tomcat("tomcat:9", 6) }),
      ).toContain("configured (server dry run)");
      expect((await root()).spec.template.spec.containers[0].image).toBe("tomcat:10");
      expect(run("create", "deployment", "x", "--image=tomcat", "-o", "yaml", "--dry-run=client")).toContain(
        "kind: Deployment",
      );
      expect(run("get", "deploy,svc,nodes,clusters")).toMatch(
        /deployment\.apps\/tomcat[\s\S]*service\/tomcat[\s\S]*node\/alpha[\s\S]*cluster\.hanse\.dev\/alpha/,
      );
      expect(run("get", "deploy", "tomcat", "-o", "wide")).toContain("tomcat:10");
      expect(run("get", "deploy", "tomcat", "-o", "yaml")).toContain("availableReplicas: 6");
      expect(run("describe", "deploy", "tomcat")).toMatch(/6 desired \| 6 updated \| 6 total \| 6 available/);
      expect(run("describe", "deploy", "tomcat")).toMatch(/Placed .* 6 replicas by free capacity: (alpha|beta) \d/);
      expect(run("describe", "node", "alpha")).toMatch(/Capacity:/);
      expect(run("get", "deploy", "tomcat", "--subresource=scale")).toMatch(/DESIRED\s+AVAILABLE[^]*6\s+6/);
      // A List, and kinds that nobody serves, are checked against OpenAPI v2 before anything is sent.
      const list = run("get", "configmap", "unused", "tomcat-settings", "-o", "yaml").replaceAll(
        /^ +(uid|resourceVersion):.*$/gm,
        "",
      );
      expect(federation.kubectl(["apply", "-f", "-"], { binary, input: list })).toMatch(
        /configmap\/unused (configured|unchanged)/,
      );
      expect(run("explain", "deployment.spec", "--output=plaintext-openapiv2")).toContain("replicas");
      expect(() =>
        federation.kubectl(["apply", "-f", "-"], {
          binary,
          input: `${tomcat("tomcat:10", 6)}---\n{ apiVersion: a.example/v1, kind: B, metadata: { name: x } }`,
        }),
      ).toThrow(/no matches for kind "B"/);
      expect(() => run("logs", "deploy/tomcat", "--pod-running-timeout=1s")).toThrow(/pods\/log is not served here/);
      expect(run("--server", `${federation.server}/clusters/alpha`, "get", "deploy", "tomcat")).toMatch(/ \d+[smh]/);
      run("label", "deploy", "tomcat", `seen-by=${binary}`, "--overwrite");
      run("annotate", "deploy", "tomcat", `note=${binary}`, "--overwrite");
      run("patch", "deploy", "tomcat", "-p", '{"metadata":{"labels":{"tier":"web"}}}');
      run("patch", "deploy", "tomcat", "--type=json", "-p", '[{"op":"remove","path":"/metadata/labels/tier"}]');
      run("patch", "deploy", "tomcat", "--type=merge", "-p", '{"metadata":{"annotations":{"note":null}}}');
      expect((await root()).metadata.labels).toMatchObject({ "seen-by": binary });
      expect(JSON.parse(run("get", "--raw", "/clusters/alpha/apis/apps/v1/deployments")).items).toHaveLength(1);
      expect(run("rollout", "history", "deploy/tomcat")).toContain("REVISION");
      expect(run("explain", "deployment.spec.replicas")).toContain("integer");
      expect(run("api-resources")).toMatch(/clusters.*hanse\.dev\/v1alpha1/);
    },
  );

  it("rolls a new image out to every cluster and undoes it", async () => {
    federation.kubectl(["set", "image", "deploy/tomcat", "tomcat=tomcat:11"]);
    expect(federation.kubectl(["rollout", "status", "deploy/tomcat", "--timeout=60s"])).toContain(
      "successfully rolled out",
    );
    await rolledOut("tomcat:11", 6);
    federation.kubectl(["rollout", "undo", "deploy/tomcat"]);
    federation.kubectl(["rollout", "status", "deploy/tomcat", "--timeout=60s"]);
    await rolledOut("tomcat:10", 6);
  });

  it("P7 scales up and down: shares add up and none moves needlessly", async () => {
    const shares = async (): Promise<number[]> =>
      Promise.all(planes.map(async (plane) => (await live(plane))?.spec.replicas ?? 0));
    const before = await shares();
    federation.kubectl(["scale", "deploy/tomcat", "--replicas=11"]);
    await rolledOut("tomcat:10", 11);
    const up = await shares();
    expect(up.every((share, index) => share >= before[index]!)).toBe(true);
    federation.kubectl(["scale", "deploy/tomcat", "--replicas=5"]);
    await rolledOut("tomcat:10", 5);
    expect((await shares()).every((share, index) => share <= up[index]!)).toBe(true);
  });

  it("heals what is edited, deleted or unlabelled behind the agent's back within 2 s", async () => {
    const [alpha] = planes as [ControlPlane];
    const share = (await live(alpha)).spec.replicas;
    await alpha.call("PATCH", deployment, { spec: { replicas: share + 3 } }, "application/merge-patch+json");
    await eventually("replicas healed", async () => (await live(alpha)).spec.replicas === share, 2000);
    await alpha.call(
      "PATCH",
      deployment,
      { metadata: { labels: { "hanse.dev/binding": null } } },
      "application/merge-patch+json",
    );
    await eventually("label healed", async () => (await live(alpha)).metadata.labels["hanse.dev/binding"], 2000);
    await alpha.call("DELETE", "/api/v1/namespaces/default/services/tomcat");
    await eventually("service is back", () => live(alpha, "/api/v1/namespaces/default/services/tomcat"), 2000);
  });

  it("P4 leaves a foreign object of the same name alone and says so on the template", async () => {
    const [alpha] = planes as [ControlPlane];
    const foreign = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "foreign", namespace: "default" },
      data: { mine: "yes" },
    };
    await alpha.call("POST", "/api/v1/namespaces/default/configmaps", foreign);
    federation.kubectl(["create", "configmap", "foreign", "--from-literal=mine=no"]);
    federation.kubectl(["set", "env", "deploy/tomcat", "--from=configmap/foreign"]);
    await eventually("the conflict stands on the Deployment", async () => {
      const condition = (await root()).status.conditions.find((c: any) => c.type === "hanse.dev/Applied");
      return condition?.status === "False" && /alpha/.test(condition.message) && /foreign/.test(condition.message);
    });
    expect(federation.kubectl(["get", "events"])).toMatch(/alpha/);
    expect((await live(alpha, "/api/v1/namespaces/default/configmaps/foreign")).data).toEqual({ mine: "yes" });
    federation.kubectl(["rollout", "undo", "deploy/tomcat"]);
    federation.kubectl(["delete", "configmap", "foreign"]);
    await rolledOut("tomcat:10", 5);
    expect((await live(alpha, "/api/v1/namespaces/default/configmaps/foreign")).data).toEqual({ mine: "yes" });
  });

  it("P2 P5 survives kill -9 of the API and of an agent in the middle of changes: nothing lost, nothing deleted", async () => {
    const uids = await Promise.all(planes.map(async (plane) => (await live(plane)).metadata.uid));
    for (let round = 0; round < 3; round++) {
      const image = `tomcat:12-${round}`;
      federation.kubectl(["set", "image", "deploy/tomcat", `tomcat=${image}`]);
      await agents.get("alpha")!.kill("SIGKILL");
      await federation.process.kill("SIGKILL");
      agents.set("alpha", federation.agent("alpha", planes[0]!.kubeconfig));
      await federation.serve();
      await rolledOut(image, 5);
    }
    expect(await Promise.all(planes.map(async (plane) => (await live(plane)).metadata.uid))).toEqual(uids);
  }, 120_000);

  it("P6 heals drift while the federation is dead, and resumes without touching anything when it is back", async () => {
    const [alpha] = planes as [ControlPlane];
    await federation.process.kill("SIGKILL");
    await alpha.call("PATCH", deployment, { spec: { minReadySeconds: 7 } }, "application/merge-patch+json");
    const replicas = (await live(alpha)).spec.replicas;
    await alpha.call("PATCH", deployment, { spec: { replicas: replicas + 1 } }, "application/merge-patch+json");
    await eventually("healed without the federation", async () => (await live(alpha)).spec.replicas === replicas, 2000);
    const before = (await live(alpha)).metadata.generation;
    await federation.serve();
    await rolledOut("tomcat:12-2", 5);
    expect((await live(alpha)).metadata.generation).toBe(before);
  });

  it("marks a cluster NotReady within 15 s of its agent's death and Ready again at once", async () => {
    await agents.get("beta")!.kill("SIGKILL");
    const ready = (): string =>
      federation.kubectl(["get", "node", "beta", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}"]);
    await eventually("beta NotReady", () => ready() !== "True", 20_000);
    expect(await live(planes[1]!)).toBeDefined();
    agents.set("beta", federation.agent("beta", planes[1]!.kubeconfig));
    await eventually("beta Ready", () => ready() === "True", 5000);
  });

  it("says on the template why a member that is down has not followed, while the others go on", async () => {
    planes[1]!.signal("kube-apiserver", "SIGSTOP");
    try {
      federation.kubectl(["set", "image", "deploy/tomcat", "tomcat=tomcat:13"]);
      await eventually(
        "alpha follows",
        async () => (await live(planes[0]!)).spec.template.spec.containers[0].image === "tomcat:13",
      );
      await eventually(
        "the reason names beta",
        async () => (await root()).status.conditions.some((c: any) => c.status !== "True" && /beta/.test(c.message)),
        60_000,
      );
    } finally {
      planes[1]!.signal("kube-apiserver", "SIGCONT");
    }
    await rolledOut("tomcat:13", 5);
  }, 120_000);

  it("P3 deletes by tombstone what it made, and leaves nothing of ours and everything foreign", async () => {
    federation.kubectl(["delete", "deploy,svc,configmap", "tomcat", "tomcat-settings", "unused", "--ignore-not-found"]);
    for (const plane of planes) {
      await eventually(`${plane.name} is clean`, async () => {
        for (const path of [
          "/apis/apps/v1/deployments",
          "/api/v1/services",
          "/api/v1/configmaps",
          "/api/v1/secrets",
          "/api/v1/namespaces",
        ]) {
          const list = await plane.call("GET", `${path}?labelSelector=hanse.dev/binding`);
          if (list.body.items.length > 0)
            throw new Error(`${path}: ${list.body.items.map((item: any) => item.metadata.name)}`);
        }
        return true;
      });
    }
    expect((await live(planes[0]!, "/api/v1/namespaces/default/configmaps/foreign")).data).toEqual({ mine: "yes" });
    expect(await live(planes[0]!, "/api/v1/namespaces/default")).toBeDefined();
    await eventually(
      "no binding is left",
      async () => (await federation.get("/clusters/alpha/apis/apps/v1/deployments")).body.items.length === 0,
    );
  });
});
