// What is placed whole, against two real control planes with kwok nodes: bare pods, Jobs, StatefulSets with their claims, DaemonSets, CronJobs,
// ReplicationControllers, as real kubectl sees them; and deletions with all three policies. The steps run in order.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, kubectl as runKubectl, startControlPlane } from "../real/controlplane.ts";
import { describeReal } from "../real/describe.ts";
import { eventually, type Federation, startFederation } from "./processes.ts";

const PODS = "/api/v1/namespaces/default/pods";
const SETS = "/apis/apps/v1/namespaces/default";

describeReal("workloads placed whole in two real clusters", () => {
  let planes: ControlPlane[] = [];
  let federation: Federation;
  const kubectl = (...args: string[]): string => federation.kubectl(args);
  const apply = (text: string): string => federation.kubectl(["apply", "-f", "-"], { input: text });
  const root = async (path: string): Promise<any> => (await federation.get(path)).body;
  const live = async (plane: ControlPlane, path: string): Promise<any | undefined> => {
    const answer = await plane.call("GET", path);
    return answer.status === 200 ? answer.body : undefined;
  };
  const items = async (plane: ControlPlane, path: string): Promise<any[]> => (await live(plane, path))?.items ?? [];
  /** The one member that has it. */
  const home = async (path: string): Promise<ControlPlane> => {
    const found = (await Promise.all(planes.map(async (plane) => ((await live(plane, path)) ? [plane] : [])))).flat();
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const nowhere = (path: string): Promise<boolean> =>
    eventually(`${path} is nowhere`, async () =>
      (await Promise.all(planes.map((plane) => live(plane, path)))).every((object) => object === undefined),
    );

  beforeAll(async () => {
    [planes, federation] = await Promise.all([
      Promise.all(["alpha", "beta"].map((name) => startControlPlane({ name, controllers: true, kwok: true }))),
      startFederation(),
    ]);
    for (const plane of planes) federation.agent(plane.name, plane.kubeconfig, federation.join(plane.name));
    await eventually("both nodes Ready, with room", () => {
      const free = kubectl("get", "clusters", "-o", "jsonpath={.items[*].status.free.pods}");
      return free.trim().split(" ").length === 2;
    });
    // Volumes for claims to be bound to: nothing provisions any here.
    for (const plane of planes)
      for (let index = 0; index < 4; index++)
        await plane.call("POST", "/api/v1/persistentvolumes", {
          apiVersion: "v1",
          kind: "PersistentVolume",
          metadata: { name: `volume-${index}` },
          spec: {
            capacity: { storage: "1Gi" },
            accessModes: ["ReadWriteOnce"],
            hostPath: { path: `/tmp/${index}` },
            storageClassName: "manual",
          },
        });
  }, 180_000);
  afterAll(async () => {
    if (process.env["HANSE_E2E_LOGS"]) console.error(federation?.logs());
    await federation?.stop();
    await Promise.all(planes.map((plane) => plane.stop()));
  }, 60_000);

  it("kubectl run: the pod runs in one cluster, which is its node; deleted it is gone from both", async () => {
    kubectl("run", "web", "--image=nginx", "--env=a=b");
    kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=30s");
    kubectl("wait", "--for=jsonpath={.status.phase}=Running", "pod/web", "--timeout=30s");
    const plane = await home(`${PODS}/web`);
    expect(kubectl("get", "pod", "web", "-o", "wide")).toMatch(new RegExp(`web +1/1 +Running .* ${plane.name} `));
    expect((await live(plane, `${PODS}/web`)).spec.nodeName).not.toBe(plane.name);
    expect((await root(`${PODS}/web`)).status.podIP).toBe((await live(plane, `${PODS}/web`)).status.podIP);
    expect(kubectl("describe", "pod", "web")).toMatch(new RegExp(`Node: +${plane.name}[\\s\\S]*Placed .*placed in`));
    kubectl("label", "pod", "web", "tier=front");
    await eventually(
      "the label follows",
      async () => (await live(plane, `${PODS}/web`)).metadata.labels.tier === "front",
    );
    kubectl("delete", "pod", "web");
    await nowhere(`${PODS}/web`);
  });

  it("kubectl debug and a resize at the root reach the pod in its cluster", async () => {
    const limits = { requests: { cpu: "100m", memory: "64Mi" } };
    apply(
      JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "sized", namespace: "default" },
        spec: { containers: [{ name: "c", image: "nginx", resources: limits }] },
      }),
    );
    kubectl("wait", "--for=condition=Ready", "pod/sized", "--timeout=30s");
    const plane = await home(`${PODS}/sized`);
    kubectl("debug", "sized", "--image=busybox", "--container=shell", "--", "sleep", "1");
    await eventually(
      "the container is there",
      async () => (await live(plane, `${PODS}/sized`)).spec.ephemeralContainers?.[0]?.name === "shell",
    );
    // kubelets say what containers have, kwok does not: a pod that tells nothing is not resized by an API server.
    const { containerStatuses } = (await live(plane, `${PODS}/sized`)).status;
    const status = { containerStatuses: containerStatuses.map((one: any) => ({ ...one, resources: limits })) };
    await plane.call("PATCH", `${PODS}/sized/status`, { status }, "application/merge-patch+json");
    await eventually(
      "it is said at the root",
      async () => (await root(`${PODS}/sized`)).status.containerStatuses?.[0]?.resources !== undefined,
    );
    const size = '{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"200m"}}}]}}';
    kubectl("patch", "pod", "sized", "--subresource=resize", `--patch=${size}`);
    await eventually(
      "it is resized",
      async () => (await live(plane, `${PODS}/sized`)).spec.containers[0].resources.requests.cpu === "200m",
    );
    const { spec, status: said } = await root(`${PODS}/sized`);
    expect(spec.containers[0].resources.requests).toEqual({ cpu: "200m", memory: "64Mi" });
    expect(said.conditions.filter(({ type }: any) => type.startsWith("hanse.dev/"))).toEqual([]);
    kubectl("delete", "pod", "sized");
    await nowhere(`${PODS}/sized`);
  });

  it("a pod deleted in its cluster is not made again: it has Failed, and says why", async () => {
    kubectl("run", "lost", "--image=nginx");
    kubectl("wait", "--for=condition=Ready", "pod/lost", "--timeout=30s");
    const plane = await home(`${PODS}/lost`);
    await plane.call("DELETE", `${PODS}/lost`);
    kubectl("wait", "--for=jsonpath={.status.phase}=Failed", "pod/lost", "--timeout=30s");
    expect((await root(`${PODS}/lost`)).status).toMatchObject({ reason: "Gone" });
    await nowhere(`${PODS}/lost`);
    kubectl("delete", "pod", "lost");
    expect(kubectl("get", "pods")).not.toContain("lost");
  });

  it("a Job runs to its end in shares, or Indexed in one cluster, is waited for, and leaves nothing behind", async () => {
    const text = (name: string, more: string): string => `
apiVersion: batch/v1
kind: Job
metadata: { name: ${name}, namespace: default }
spec:
  completions: 3
  parallelism: 2${more}
  template:
    spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] }
`;
    apply(`${text("sum", "")}---${text("steps", "\n  completionMode: Indexed")}`);
    kubectl("wait", "--for=condition=complete", "job/sum", "job/steps", "--timeout=60s");
    const jobs = "/apis/batch/v1/namespaces/default/jobs";
    for (const name of ["sum", "steps"])
      expect(kubectl("get", "job", name)).toMatch(new RegExp(`${name} +Complete +3/3`));
    const parts = await Promise.all(planes.map((plane) => live(plane, `${jobs}/sum`)));
    expect(parts.map(({ spec }) => spec.parallelism)).toEqual([1, 1]);
    expect(parts.map(({ spec }) => spec.completions).sort()).toEqual([1, 2]);
    const plane = await home(`${jobs}/steps`);
    expect((await root(`${jobs}/steps`)).status).toEqual((await live(plane, `${jobs}/steps`)).status);
    expect((await live(plane, `${jobs}/steps`)).spec.selector).not.toEqual((await root(`${jobs}/steps`)).spec.selector);
    kubectl("delete", "job", "sum", "steps");
    for (const name of ["sum", "steps"]) await nowhere(`${jobs}/${name}`);
    await eventually("their pods are gone", async () =>
      (await Promise.all(planes.map((one) => items(one, PODS)))).every((pods) => pods.length === 0),
    );
  });

  it("P6 a CronJob stays at the root: each of its Jobs runs in one cluster, and so does one made from it by hand", async () => {
    kubectl("create", "cronjob", "tick", "--image=busybox", "--schedule=@every 5s");
    const jobs = "/apis/batch/v1/namespaces/default/jobs";
    const named = (all: any[]): string[] => all.map(({ metadata }) => metadata.name).sort();
    const fired = (all: any[]): any[] => all.filter(({ metadata }) => /^tick-[0-9]+$/.test(metadata.name));
    await eventually("one ran", async () =>
      fired((await root(jobs)).items).some(({ status }) =>
        status.conditions?.some(({ type }: any) => type === "Complete"),
      ),
    );
    const inClusters = (await Promise.all(planes.map((plane) => items(plane, jobs)))).flat();
    expect(named(inClusters)).toEqual([...new Set(named(inClusters))]);
    expect(inClusters.every(({ metadata }) => metadata.ownerReferences === undefined)).toBe(true);
    expect(kubectl("get", "cronjob", "tick", "-o=jsonpath={.status.lastSuccessfulTime}")).toMatch(/Z$/);
    expect(kubectl("describe", "cronjob", "tick")).toMatch(/SuccessfulCreate.*Created job tick-/);
    kubectl("create", "job", "by-hand", "--from=cronjob/tick");
    kubectl("wait", "--for=condition=complete", "job/by-hand", "--timeout=60s");
    await nowhere("/apis/batch/v1/namespaces/default/cronjobs/tick");
    kubectl("delete", "cronjob/tick");
    // The garbage collector takes its Jobs along, there and everywhere.
    await eventually("its Jobs are gone", async () => (await root(jobs)).items.length === 0);
    for (const name of named(inClusters)) await nowhere(`${jobs}/${name}`);
  });

  const claims = async (plane: ControlPlane): Promise<string[]> =>
    (await items(plane, "/api/v1/namespaces/default/persistentvolumeclaims")).map((claim) => claim.metadata.name);

  it("a StatefulSet with its Service and claims: rollout status, scaling, a rolling update", async () => {
    apply(`
apiVersion: v1
kind: Service
metadata: { name: db, namespace: default }
spec: { clusterIP: None, selector: { other: thing }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: c, image: "db:1", volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates:
  - metadata: { name: data }
    spec: { accessModes: [ReadWriteOnce], storageClassName: manual, resources: { requests: { storage: 1Gi } } }
`);
    expect(kubectl("rollout", "status", "sts/db", "--timeout=60s")).toContain("roll out complete");
    const path = `${SETS}/statefulsets/db`;
    const plane = await home(path);
    expect((await live(plane, "/api/v1/namespaces/default/services/db")).spec.clusterIP).toBe("None");
    expect(await claims(plane)).toEqual(["data-db-0", "data-db-1"]);
    expect(kubectl("get", "sts", "db")).toMatch(/db +2\/2/);
    kubectl("scale", "sts/db", "--replicas=3");
    kubectl("rollout", "status", "sts/db", "--timeout=60s");
    expect((await live(plane, path)).status.readyReplicas).toBe(3);
    kubectl("set", "image", "sts/db", "c=db:2");
    kubectl("rollout", "status", "sts/db", "--timeout=60s");
    const pods = (await items(plane, PODS)).filter((pod) => pod.metadata.labels?.app === "db");
    expect(pods.map((pod) => pod.spec.containers[0].image)).toEqual(["db:2", "db:2", "db:2"]);
    expect((await root(path)).status.observedGeneration).toBe((await root(path)).metadata.generation);
  }, 120_000);

  it("deleted with --cascade=orphan its pods stay where they are; deleted with background they go, and the claims stay", async () => {
    const path = `${SETS}/statefulsets/db`;
    const plane = await home(path);
    kubectl("delete", "sts", "db", "--cascade=orphan");
    await nowhere(path);
    const pods = (): Promise<any[]> =>
      items(plane, `${PODS}?labelSelector=app%3Ddb`).then((all) =>
        all.filter((pod) => !pod.metadata.deletionTimestamp),
      );
    expect(await pods()).toHaveLength(3);
    expect((await pods())[0].metadata.ownerReferences).toBeUndefined();
    await Promise.all((await pods()).map((pod) => plane.call("DELETE", `${PODS}/${pod.metadata.name}`)));
    expect(await claims(plane)).toHaveLength(3);
  });

  it.each(["background", "foreground", "orphan"])("a Deployment deleted with --cascade=%s", async (cascade) => {
    kubectl("create", "deployment", "app", "--image=nginx", "--replicas=4");
    kubectl("rollout", "status", "deploy/app", "--timeout=60s");
    kubectl("delete", "deploy", "app", `--cascade=${cascade}`);
    expect(kubectl("get", "deploy")).not.toContain("app");
    await nowhere(`${SETS}/deployments/app`);
    const left = async (path: string): Promise<number> =>
      (await Promise.all(planes.map((plane) => items(plane, `${path}?labelSelector=app%3Dapp`)))).flat().length;
    const wanted = cascade === "orphan" ? 4 : 0;
    await eventually(`${wanted} pods are left`, async () => (await left(PODS)) === wanted);
    if (cascade !== "orphan") return expect(await left(`${SETS}/replicasets`)).toBe(0);
    expect(await left(`${SETS}/replicasets`)).toBeGreaterThan(0);
    expect(kubectl("get", "rs")).toContain("app-");
    // As on a plain cluster the same Deployment takes up again what was left.
    kubectl("create", "deployment", "app", "--image=nginx", "--replicas=4");
    kubectl("rollout", "status", "deploy/app", "--timeout=60s");
    expect(kubectl("rollout", "history", "deploy/app")).toMatch(/^1 /m);
    kubectl("delete", "deploy", "app", "--cascade=foreground");
  });

  it("a DaemonSet runs on every node of every cluster, a ReplicationController and a ReplicaSet whole in one", async () => {
    const template = `{ metadata: { labels: { app: NAME } }, spec: { containers: [{ name: c, image: x }] } }`;
    apply(`
{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: ds, namespace: default }, spec: { selector: { matchLabels: { app: ds } }, template: ${template.replace("NAME", "ds")} } }
---
{ apiVersion: v1, kind: ReplicationController, metadata: { name: rc, namespace: default }, spec: { replicas: 2, template: ${template.replace("NAME", "rc")} } }
---
{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: rs, namespace: default }, spec: { replicas: 2, selector: { matchLabels: { app: rs } }, template: ${template.replace("NAME", "rs")} } }
`);
    expect(kubectl("rollout", "status", "ds/ds", "--timeout=60s")).toContain("successfully rolled out");
    kubectl("wait", "--for=jsonpath={.status.availableReplicas}=2", "rc/rc", "rs/rs", "--timeout=60s");
    expect(kubectl("get", "ds", "ds")).toMatch(/ds +4 +4 +4 +4 +4/);
    kubectl("set", "image", "ds/ds", "c=y");
    kubectl("rollout", "status", "ds/ds", "--timeout=60s");
    kubectl("delete", "ds/ds", "rc/rc", "rs/rs");
    for (const path of [
      `${SETS}/daemonsets/ds`,
      "/api/v1/namespaces/default/replicationcontrollers/rc",
      `${SETS}/replicasets/rs`,
    ])
      await nowhere(path);
  }, 120_000);

  it("what finds a workload follows it: bounds and budgets in shares, the budget's sum guards evictions at the root", async () => {
    apply(`
{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: gold }, value: 100, globalDefault: true }
---
{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: default }, spec: { podSelector: { matchLabels: { app: web } } } }
---
{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: default }, spec: { minAvailable: 3, selector: { matchLabels: { app: web } } } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: default }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: 10 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { priorityClassName: gold, containers: [{ name: c, image: x }] }
`);
    kubectl("rollout", "status", "deploy/web", "--timeout=60s");
    const paths = {
      scaler: "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web",
      budget: "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web",
      policy: "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/web",
      gold: "/apis/scheduling.k8s.io/v1/priorityclasses/gold",
    };
    await eventually("the budget counts both clusters", async () => {
      const { status, metadata } = await root(paths.budget);
      return status?.observedGeneration === metadata.generation && status.currentHealthy === 4;
    });
    expect(kubectl("get", "pdb", "web")).toMatch(/web +3 +N\/A +1 /);
    const both = (path: string): Promise<any[]> => Promise.all(planes.map((plane) => live(plane, path)));
    expect((await both(paths.budget)).map(({ spec }) => spec.minAvailable).sort()).toEqual([1, 2]);
    await eventually("the autoscaler is in both", async () => (await both(paths.scaler)).every(Boolean));
    expect((await both(paths.scaler)).map(({ spec }) => [spec.minReplicas, spec.maxReplicas])).toEqual([
      [1, 5],
      [1, 5],
    ]);
    expect((await both(paths.policy)).map(({ spec }) => spec.podSelector)).toEqual(
      planes.map(() => ({ matchLabels: { app: "web" } })),
    );
    // Set there, it would reach pods that are not ours.
    expect((await both(paths.gold)).map(({ value, globalDefault }) => [value, globalDefault])).toEqual(
      planes.map(() => [100, undefined]),
    );
    expect((await items(planes[0]!, PODS)).every(({ spec }) => spec.priority === 100)).toBe(true);
    kubectl("delete", "deploy/web");
    for (const path of Object.values(paths)) await nowhere(path);
    kubectl("delete", "hpa/web", "pdb/web", "netpol/web", "priorityclass/gold");
  }, 120_000);

  it("a claim goes where its pod goes, draws the next pod there, and leaves only when it is deleted at the root", async () => {
    const pod = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default }
spec:
  containers: [{ name: c, image: nginx, volumeMounts: [{ name: v, mountPath: /v }] }]
  volumes: [{ name: v, persistentVolumeClaim: { claimName: disk } }]
`;
    apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: disk, namespace: default }
spec: { accessModes: [ReadWriteOnce], storageClassName: manual, resources: { requests: { storage: 1Gi } } }
---${pod("first")}`);
    kubectl("wait", "--for=condition=Ready", "pod/first", "--timeout=30s");
    kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/disk", "--timeout=30s");
    const claim = "/api/v1/namespaces/default/persistentvolumeclaims/disk";
    const plane = await home(claim);
    kubectl("delete", "pod", "first");
    await nowhere(`${PODS}/first`);
    expect(await live(plane, claim)).toBeDefined();
    // The other cluster has more room now; the data is here.
    apply(pod("second"));
    kubectl("wait", "--for=condition=Ready", "pod/second", "--timeout=30s");
    expect((await home(`${PODS}/second`)).name).toBe(plane.name);
    kubectl("delete", "pod/second", "pvc/disk");
    await nowhere(claim);
  });

  const histories: ["kubectl" | "kubectl-1.32", string][] = ["kubectl", "kubectl-1.32"].flatMap((binary) =>
    ["StatefulSet", "DaemonSet"].map((kind) => [binary as "kubectl", kind] as ["kubectl", string]),
  );
  it.each(histories)(
    "%s: rollout history, undo, restart and status of a %s are a plain cluster's",
    async (binary, kind) => {
      const { kubeconfig } = planes[0]!;
      const sides = [
        (...args: string[]) => federation.kubectl(args, { binary }),
        (...args: string[]) => runKubectl(kubeconfig, ["-n", "plain", ...args], { binary }),
      ] as const;
      const what = `${kind.toLowerCase()}/past`;
      const text = JSON.stringify({
        apiVersion: "apps/v1",
        kind,
        metadata: { name: "past" },
        spec: {
          ...(kind === "StatefulSet" ? { replicas: 2, serviceName: "past" } : {}),
          revisionHistoryLimit: 2,
          selector: { matchLabels: { app: "past" } },
          template: { metadata: { labels: { app: "past" } }, spec: { containers: [{ name: "c", image: "a:1" }] } },
        },
      });
      runKubectl(kubeconfig, ["create", "namespace", "plain"], {});
      runKubectl(kubeconfig, ["-n", "plain", "apply", "-f", "-"], { binary, input: text });
      federation.kubectl(["apply", "-f", "-"], { binary, input: text });
      /** What both say; of a status that comes in steps only the end. */
      const both = (...args: string[]): string => {
        const said = sides.map((side) => side(...args));
        const ends = args[1] === "status" ? said.map((one) => one.trim().split("\n").at(-1)) : said;
        expect(ends[0]).toBe(ends[1]);
        return said[0]!;
      };
      const status = (): string => both("rollout", "status", what, "--timeout=60s");
      const numbers = (): string =>
        both("rollout", "history", what)
          .replace(/[^\d\n]+/g, "")
          .trim();
      const image = (): string => both("get", what, "-o", "jsonpath={.spec.template.spec.containers[0].image}");
      status();
      expect(numbers()).toBe("1");
      both("annotate", what, "kubernetes.io/change-cause=the second");
      both("set", "image", what, "c=b:2");
      status();
      expect(both("rollout", "history", what)).toMatch(/^1 +<none>\n2 +the second/m);
      expect(both("rollout", "history", what, "--revision=1")).toContain("a:1");
      expect(both("rollout", "history", what, "--revision=2")).toContain("b:2");
      both("rollout", "undo", what);
      status();
      expect([numbers(), image()]).toEqual(["2\n3", "a:1"]);
      both("rollout", "undo", what, "--to-revision=2");
      status();
      expect([numbers(), image()]).toEqual(["3\n4", "b:2"]);
      both("rollout", "restart", what);
      status();
      expect(numbers()).toBe("3\n4\n5");
      both("set", "image", what, "c=c:3");
      status();
      // The oldest beyond the limit is gone.
      await eventually("both let it go", () => sides.every((side) => !/^3 /m.test(side("rollout", "history", what))));
      expect(numbers()).toBe("4\n5\n6");
      expect(() => both("rollout", "undo", what, "--to-revision=1")).toThrow(/unable to find specified revision 1/);
      if (kind === "StatefulSet") {
        const { currentRevision, updateRevision } = (await root(`${SETS}/statefulsets/past`)).status;
        expect(currentRevision).toBe(updateRevision);
        expect((await root(`${SETS}/controllerrevisions/${updateRevision}`)).revision).toBe(6);
      }
      for (const side of sides) side("delete", what);
      await eventually("its records are gone with it", async () => {
        const { items: left } = await root(`${SETS}/controllerrevisions`);
        return left.every(({ metadata }: any) => !metadata.name.startsWith("past-"));
      });
      runKubectl(kubeconfig, ["delete", "namespace", "plain"], {});
      await nowhere(`${SETS}/${kind.toLowerCase()}s/past`);
    },
    180_000,
  );

  it("what orphaned pods use stays with them, and leaves when it is deleted at the root", async () => {
    kubectl("create", "configmap", "settings", "--from-literal=a=b");
    apply(`
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: left, namespace: default }
spec:
  replicas: 1
  selector: { matchLabels: { app: left } }
  template:
    metadata: { labels: { app: left } }
    spec: { containers: [{ name: c, image: nginx, envFrom: [{ configMapRef: { name: settings } }] }] }
`);
    kubectl("rollout", "status", "sts/left", "--timeout=60s");
    const plane = await home(`${PODS}/left-0`);
    const settings = "/api/v1/namespaces/default/configmaps/settings";
    kubectl("delete", "sts", "left", "--cascade=orphan");
    await nowhere(`${SETS}/statefulsets/left`);
    kubectl("patch", "configmap", "settings", "--patch", '{"data":{"a":"c"}}');
    await eventually("changes reach it", async () => (await live(plane, settings))?.data.a === "c");
    expect((await live(plane, `${PODS}/left-0`)).metadata.deletionTimestamp).toBeUndefined();
    kubectl("delete", "configmap", "settings");
    await nowhere(settings);
    await plane.call("DELETE", `${PODS}/left-0`);
  });

  it("what fits in no cluster waits, and says why", async () => {
    const big = { containers: [{ name: "c", image: "x", resources: { requests: { cpu: "100000" } } }] };
    kubectl("run", "big", "--image=x", `--overrides=${JSON.stringify({ apiVersion: "v1", spec: big })}`);
    await eventually("it says so", async () => {
      const { status, spec } = await root(`${PODS}/big`);
      const scheduled = status.conditions?.find((one: any) => one.type === "PodScheduled");
      return spec.nodeName === undefined && scheduled?.status === "False" && /NoCapacity/.test(scheduled.message);
    });
    expect(kubectl("get", "pod", "big")).toMatch(/0\/1 +Pending/);
    kubectl("delete", "pod", "big");
  });
});
