// Clusters as nodes, against two real control planes with kwok nodes: Placements, Overrides, divided StatefulSets, CronJobs that the federation
// fires, autoscalers, adoption, drift, drain and failover, as real kubectl drives and sees them. The steps run in order.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../real/controlplane.ts";
import { describeReal } from "../real/describe.ts";
import { eventually, type Federation, type Running, startFederation } from "./processes.ts";

const APPS = "/apis/apps/v1/namespaces/default";
const CORE = "/api/v1/namespaces/default";
const BATCH = "/apis/batch/v1/namespaces/default";
const MERGE = "application/merge-patch+json";

describeReal("placements over two real clusters", () => {
  let planes: ControlPlane[] = [];
  let federation: Federation;
  const agents = new Map<string, Running>();
  const kubectl = (...args: string[]): string => federation.kubectl(args);
  const apply = (text: string): string => federation.kubectl(["apply", "-f", "-"], { input: text });
  const root = async (path: string): Promise<any> => (await federation.get(path)).body;
  const live = async (plane: ControlPlane, path: string): Promise<any | undefined> => {
    const answer = await plane.call("GET", path);
    return answer.status === 200 ? answer.body : undefined;
  };
  const plane = (name: string): ControlPlane => planes.find((one) => one.name === name)!;
  const replicas = async (name: string): Promise<(number | undefined)[]> =>
    Promise.all(planes.map(async (one) => (await live(one, `${APPS}/deployments/${name}`))?.spec.replicas));
  const refusal = (run: () => string): string => {
    try {
      return `done: ${run()}`;
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      return `${stderr ?? ""}${message}`;
    }
  };
  const deployment = (name: string, count: number, annotations = ""): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: default, annotations: { ${annotations} } }
spec:
  replicas: ${count}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "nginx:1", resources: { requests: { cpu: 100m } } }] }
`;

  beforeAll(async () => {
    [planes, federation] = await Promise.all([
      Promise.all(
        ["alpha", "beta"].map((name) => startControlPlane({ name, controllers: true, kwok: true, nodes: 2 })),
      ),
      startFederation(),
    ]);
    for (const one of planes) {
      const region = one.name === "alpha" ? "eu" : "asia";
      agents.set(one.name, federation.agent(one.name, one.kubeconfig, federation.join(one.name, region)));
    }
    await eventually("both nodes Ready, with room", () => {
      const free = kubectl("get", "clusters", "-o", "jsonpath={.items[*].status.free.pods}");
      return free.trim().split(" ").length === 2;
    });
    // Its ticks are looked at in the last step.
    apply(`
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick, namespace: default }
spec:
  schedule: "* * * * *"
  successfulJobsHistoryLimit: 10
  jobTemplate:
    spec:
      template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } }
`);
  }, 180_000);
  afterAll(async () => {
    if (process.env["HANSE_E2E_LOGS"]) console.error(federation?.logs());
    await federation?.stop();
    await Promise.all(planes.map((one) => one.stop()));
  }, 60_000);

  it("the default ClusterPlacement is there to be seen", () => {
    expect(kubectl("get", "clusterplacements")).toMatch(/default/);
    expect(kubectl("explain", "placement.spec.groups")).toMatch(/GROUPS|groups/);
  });

  it("a Placement narrows a Deployment to one cluster, weights divide it, its deletion changes nothing", async () => {
    apply(deployment("web", 6));
    await eventually("it is in both", async () => (await replicas("web")).every((count) => (count ?? 0) > 0));
    const placement = (spec: string): string => `
apiVersion: hanse.dev/v1alpha1
kind: Placement
metadata: { name: web, namespace: default }
spec: { selectors: [{ kind: Deployment, name: web }], ${spec} }
`;
    apply(placement("clusters: [{ names: [alpha] }]"));
    await eventually("it is in alpha alone", async () => String(await replicas("web")) === "6,");
    apply(
      placement(
        "weighing: Static, weights: [{ clusters: { names: [alpha] }, weight: 1 }, { clusters: { labelSelector: { matchLabels: { topology.kubernetes.io/region: asia } } }, weight: 2 }]",
      ),
    );
    await eventually("2 in alpha, 4 in beta", async () => String(await replicas("web")) === "2,4");
    kubectl("rollout", "status", "deployment/web", "--timeout=30s");
    kubectl("delete", "placement", "web");
    await eventually("it says so", async () => {
      const { conditions } = (await root(`${APPS}/deployments/web`)).status;
      return conditions.find(({ type }: any) => type === "hanse.dev/Placed")?.reason === "PlacementGone";
    });
    expect(String(await replicas("web"))).toBe("2,4");
  });

  it("nodeSelector and taints of clusters mean what they mean on nodes", async () => {
    apply(
      deployment("eu", 2).replace(
        "spec: { containers",
        "spec: { nodeSelector: { topology.kubernetes.io/region: eu }, containers",
      ),
    );
    await eventually("it is in alpha alone", async () => String(await replicas("eu")) === "2,");
    expect((await live(plane("alpha"), `${APPS}/deployments/eu`)).spec.template.spec.nodeSelector).toBeUndefined();
    kubectl("taint", "node", "alpha", "dedicated=gpu:NoSchedule");
    apply(deployment("untolerant", 2));
    await eventually("it is in beta alone", async () => String(await replicas("untolerant")) === ",2");
    expect(kubectl("get", "node", "alpha", "-o", "jsonpath={.spec.taints[*].key}")).toContain("dedicated");
    kubectl("taint", "node", "alpha", "dedicated-");
    kubectl("delete", "deployment", "eu", "untolerant");
  });

  it("an Override makes a cluster's copy its own, and shows it beforehand", async () => {
    apply(`
apiVersion: hanse.dev/v1alpha1
kind: Override
metadata: { name: mirror, namespace: default }
spec:
  selectors: [{ kind: Deployment, name: web }]
  rules:
  - clusters: [{ names: [beta] }]
    images: [{ registry: mirror.example.com }]
    patches: [{ op: add, path: /spec/template/metadata/annotations, value: { where: "in \${cluster.name}" } }]
`);
    await eventually("beta has its own image", async () => {
      const { template } = (await live(plane("beta"), `${APPS}/deployments/web`)).spec;
      return (
        template.spec.containers[0].image.startsWith("mirror.example.com/") &&
        template.metadata.annotations.where === "in beta"
      );
    });
    expect((await live(plane("alpha"), `${APPS}/deployments/web`)).spec.template.spec.containers[0].image).toBe(
      "nginx:1",
    );
    const rendered = JSON.parse(kubectl("get", "--raw", `${APPS}/deployments/web/render?cluster=beta`));
    expect(rendered.spec.template.metadata.annotations.where).toBe("in beta");
    kubectl("delete", "override", "mirror");
    await eventually("beta is as the others again", async () => {
      const { template } = (await live(plane("beta"), `${APPS}/deployments/web`)).spec;
      return template.spec.containers[0].image === "nginx:1";
    });
  });

  it("a StatefulSet of 5 divided over two clusters keeps its identities, scaled to 7 and back", async () => {
    apply(`
apiVersion: hanse.dev/v1alpha1
kind: Placement
metadata: { name: db, namespace: default }
spec: { selectors: [{ kind: StatefulSet, name: db }], division: Divided, weighing: Even }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  replicas: 5
  serviceName: db
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: main, image: postgres }] }
`);
    const identities = async (): Promise<Map<string, string>> => {
      const found = new Map<string, string>();
      for (const one of planes)
        for (const pod of (await live(one, `${CORE}/pods?labelSelector=app%3Ddb`))?.items ?? [])
          if (pod.metadata.deletionTimestamp === undefined)
            found.set(`${pod.metadata.name} in ${one.name}`, pod.metadata.uid);
      return found;
    };
    const count = (wanted: number): Promise<boolean> =>
      eventually(`${wanted} identities`, async () => (await identities()).size === wanted);
    await count(5);
    kubectl("rollout", "status", "statefulset/db", "--timeout=40s");
    const five = await identities();
    expect(new Set([...five.keys()].map((key) => key.split(" ")[0])).size).toBe(5);
    expect(new Set([...five.keys()].map((key) => key.split(" ")[2])).size).toBe(2);
    kubectl("scale", "statefulset/db", "--replicas=7");
    await count(7);
    const seven = await identities();
    for (const [identity, uid] of five) expect([identity, seven.get(identity)]).toEqual([identity, uid]);
    kubectl("scale", "statefulset/db", "--replicas=5");
    await count(5);
    expect(await identities()).toEqual(five);
    kubectl("delete", "statefulset/db");
  });

  it("an HPA goes with its Deployment, and what it sets in a cluster stays", async () => {
    apply(`
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: default }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 4
  maxReplicas: 12
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
`);
    const scalers = async (): Promise<any[]> =>
      Promise.all(
        planes.map((one) => live(one, "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web")),
      );
    await eventually("both clusters have it", async () => (await scalers()).every((one) => one !== undefined));
    const most = (await scalers()).map(({ spec }) => spec.maxReplicas);
    expect(most[0] + most[1]).toBe(12);
    // As the autoscaler of the cluster does: through scale.
    const alpha = plane("alpha");
    await eventually("the agent has seen it", async () => {
      await alpha.call("PATCH", `${APPS}/deployments/web/scale`, { spec: { replicas: 4 } }, MERGE);
      await new Promise((done) => setTimeout(done, 1_500));
      return (await live(alpha, `${APPS}/deployments/web`)).spec.replicas === 4;
    });
    kubectl("set", "image", "deployment/web", "main=nginx:2");
    await eventually(
      "the image is there",
      async () => (await live(alpha, `${APPS}/deployments/web`)).spec.template.spec.containers[0].image === "nginx:2",
    );
    expect((await live(alpha, `${APPS}/deployments/web`)).spec.replicas).toBe(4);
    // The root says what runs, as an autoscaler of one cluster writes it into what it scales.
    const beta = async (): Promise<number> => (await live(plane("beta"), `${APPS}/deployments/web`)).spec.replicas;
    await eventually(
      "the root says so",
      async () => (await root(`${APPS}/deployments/web`)).spec.replicas === 4 + (await beta()),
    );
    kubectl("rollout", "status", "deployment/web", "--timeout=60s");
    // What people set is what the autoscalers start from.
    kubectl("scale", "deployment/web", "--replicas=4");
    await eventually("both clusters have their share again", async () => {
      const all = await replicas("web");
      return all[0]! + all[1]! === 4;
    });
    await alpha.call("PATCH", `${APPS}/deployments/web/scale`, { spec: { replicas: 5 } }, MERGE);
    await eventually(
      "the root says so again",
      async () => (await root(`${APPS}/deployments/web`)).spec.replicas === 5 + (await beta()),
    );
    kubectl("delete", "hpa", "web");
    await eventually("gone from both", async () => (await scalers()).every((one) => one === undefined));
    kubectl("rollout", "status", "deployment/web", "--timeout=60s");
    expect((await live(alpha, `${APPS}/deployments/web`)).spec.replicas).toBe(5);
    // What its Placement left behind stays, whatever is drained: it says so.
    kubectl("cordon", "alpha");
    expect(refusal(() => kubectl("drain", "alpha", "--pod-selector=app=web", "--timeout=2s"))).toMatch(
      /nothing says where else it may run/,
    );
    kubectl("uncordon", "alpha");
    kubectl("delete", "deployment", "web");
  });

  it("what somebody else made is left alone, until a Placement says to adopt it", async () => {
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs" }, data: { by: "somebody" } };
    await plane("alpha").call("POST", `${CORE}/configmaps`, theirs);
    const own = deployment("legacy", 2);
    await plane("alpha").call("POST", `${APPS}/deployments`, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "legacy" },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "legacy" } },
        template: {
          metadata: { labels: { app: "legacy" } },
          spec: { containers: [{ name: "main", image: "nginx:0" }] },
        },
      },
    });
    const before = (await live(plane("alpha"), `${APPS}/deployments/legacy`)).metadata.uid;
    const placement = (more: string): string => `
apiVersion: hanse.dev/v1alpha1
kind: Placement
metadata: { name: legacy, namespace: default }
spec: { selectors: [{ kind: Deployment, name: legacy }], clusters: [{ names: [alpha] }]${more} }
`;
    apply(placement("") + "---" + own);
    await eventually("the conflict is told", () =>
      kubectl("describe", "deployment", "legacy").includes("was not made by Hanse"),
    );
    expect((await live(plane("alpha"), `${APPS}/deployments/legacy`)).spec.template.spec.containers[0].image).toBe(
      "nginx:0",
    );
    apply(placement(", whenAlreadyExists: Adopt"));
    await eventually("it is ours", async () => {
      const { spec, metadata } = await live(plane("alpha"), `${APPS}/deployments/legacy`);
      return metadata.uid === before && spec.replicas === 2 && spec.template.spec.containers[0].image === "nginx:1";
    });
    kubectl("delete", "deployment", "legacy");
  });

  it("drift is healed, and where a Placement asks only reported", async () => {
    const drift = async (): Promise<void> => {
      const body = { spec: { paused: true } };
      await plane("alpha").call("PATCH", `${APPS}/deployments/drifting`, body, MERGE);
      await plane("alpha").call(
        "PATCH",
        `${APPS}/deployments/drifting`,
        { spec: { template: { spec: { containers: [{ name: "main", image: "evil" }] } } } },
        "application/strategic-merge-patch+json",
      );
    };
    const image = async (): Promise<string> =>
      (await live(plane("alpha"), `${APPS}/deployments/drifting`))?.spec.template.spec.containers[0].image;
    const placement = (more: string): string => `
apiVersion: hanse.dev/v1alpha1
kind: Placement
metadata: { name: drifting, namespace: default }
spec: { selectors: [{ kind: Deployment, name: drifting }], clusters: [{ names: [alpha] }]${more} }
`;
    apply(placement("") + "---" + deployment("drifting", 1));
    await eventually("it is there", async () => (await image()) === "nginx:1");
    await drift();
    await eventually("it is healed", async () => (await image()) === "nginx:1");
    apply(placement(", whenDrifted: Report"));
    await eventually("it is told", async () => {
      // Until the cluster has heard of it, it heals.
      await drift();
      return kubectl("describe", "deployment", "drifting").includes("Drifted");
    });
    expect(await image()).toBe("evil");
    kubectl("delete", "deployment", "drifting");
  });

  it("a dry run tells what would become of it where, and a change that would delete much needs a word more", () => {
    const narrowed = `
apiVersion: hanse.dev/v1alpha1
kind: Placement
metadata: { name: many, namespace: default }
spec: { selectors: [{ labelSelector: { matchLabels: { many: "yes" } } }], clusters: [{ names: [alpha] }] }
`;
    apply(narrowed.replace("[alpha]", "[alpha, beta]"));
    apply(
      Array.from({ length: 12 }, (_, index) =>
        deployment(`many-${index}`, 2).replace("namespace: default,", 'namespace: default, labels: { many: "yes" },'),
      ).join("---"),
    );
    for (let index = 0; index < 12; index += 1)
      kubectl("rollout", "status", `deployment/many-${index}`, "--timeout=40s");
    expect(refusal(() => apply(narrowed))).toMatch(
      /this would delete 12 of [0-9]+ objects in clusters.*set this annotation to \\?"12/,
    );
    apply(
      narrowed.replace(
        "namespace: default }",
        'namespace: default, annotations: { hanse.dev/confirm-deletions: "12" } }',
      ),
    );
    kubectl("delete", "deployment", "-l", "many=yes");
  });

  it("kubectl get pods at the root shows clusters as nodes; drain empties one without a moment of too few", async () => {
    apply(deployment("drained", 4));
    kubectl("rollout", "status", "deployment/drained", "--timeout=40s");
    await eventually("4 pods at the root, in both clusters", () => {
      const nodes = kubectl("get", "pods", "-l", "app=drained", "-o", "jsonpath={.items[*].spec.nodeName}").split(" ");
      return nodes.length === 4 && new Set(nodes).size === 2;
    });
    let least = 4;
    let over = false;
    const watching = (async () => {
      while (!over) {
        const ready = await Promise.all(
          planes.map(async (one) => (await live(one, `${APPS}/deployments/drained`))?.status?.availableReplicas ?? 0),
        );
        least = Math.min(least, ready[0]! + ready[1]!);
        await new Promise((done) => setTimeout(done, 50));
      }
    })();
    try {
      kubectl("drain", "alpha", "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s");
      await eventually("all are in beta", async () => ((await replicas("drained"))[0] ?? 0) === 0);
    } finally {
      over = true;
      await watching;
    }
    expect(least).toBe(4);
    expect(
      kubectl(
        "get",
        "pods",
        "-A",
        "--field-selector",
        "spec.nodeName=alpha",
        "-o",
        "jsonpath={.items[*].metadata.name}",
      ),
    ).toBe("");
    kubectl("uncordon", "alpha");
    kubectl("delete", "deployment", "drained");
  }, 120_000);

  it("a silent cluster's share moves after the toleration, and it is emptied when it returns", async () => {
    apply(`
apiVersion: hanse.dev/v1alpha1
kind: Placement
metadata: { name: failing, namespace: default }
spec: { selectors: [{ kind: Deployment, name: failing }], weighing: Even, failover: { tolerationSeconds: 3 } }
---${deployment("failing", 4)}`);
    kubectl("rollout", "status", "deployment/failing", "--timeout=40s");
    expect(String(await replicas("failing"))).toBe("2,2");
    await agents.get("beta")!.kill("SIGKILL");
    await eventually("alpha has all of it", async () => (await replicas("failing"))[0] === 4, 60_000);
    expect((await live(plane("beta"), `${APPS}/deployments/failing`)).spec.replicas).toBe(2);
    await eventually(
      "4 are available",
      async () => (await live(plane("alpha"), `${APPS}/deployments/failing`)).status.availableReplicas === 4,
    );
    agents.set("beta", federation.agent("beta", plane("beta").kubeconfig));
    await eventually(
      "beta is emptied",
      async () => (await live(plane("beta"), `${APPS}/deployments/failing`)) === undefined,
    );
    kubectl("delete", "deployment", "failing");
  }, 120_000);

  it("a CronJob ticks, across failover, and never twice", async () => {
    const jobs = async (): Promise<{ name: string; tick: string; cluster: string }[]> => {
      const found: { name: string; tick: string; cluster: string }[] = [];
      for (const one of planes)
        for (const job of (await live(one, `${BATCH}/jobs`))?.items ?? [])
          found.push({
            name: job.metadata.name,
            tick: job.metadata.annotations?.["batch.kubernetes.io/cronjob-scheduled-timestamp"] ?? "",
            cluster: one.name,
          });
      return found;
    };
    await eventually("two ticks", async () => (await jobs()).length >= 2, 150_000);
    const home = (await jobs()).at(-1)!.cluster;
    await agents.get(home)!.kill("SIGKILL");
    kubectl("cordon", home);
    const before = new Set((await jobs()).map(({ name }) => name));
    await eventually(
      "a tick in the other cluster",
      async () => (await jobs()).some(({ name, cluster }) => cluster !== home && !before.has(name)),
      150_000,
    );
    agents.set(home, federation.agent(home, plane(home).kubeconfig));
    kubectl("uncordon", home);
    const all = await jobs();
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(({ tick }) => tick)).size).toBe(all.length);
  }, 320_000);
});
