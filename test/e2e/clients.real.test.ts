// Clients that were written against the real Kubernetes, unmodified, against a federation of one real cluster: Helm 4 and 3, the Python client,
// client-go and client-node informers, two kubectls; and, beside all of them, kube-controller-manager's own namespace and garbage collector
// controllers, whose informers may not report one error in five minutes.
import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { watchConfigMaps } from "../clients/nodeinformers.ts";
import { type ControlPlane, startControlPlane } from "../real/controlplane.ts";
import { describeReal, realFolder } from "../real/describe.ts";
import { eventually, type Federation, startFederation } from "./processes.ts";

const KCM_SECONDS = Number(process.env["HANSE_KCM_SECONDS"] ?? 300);
/**
 * Said at every start, whatever the server (its flags file); the end of a watch that compaction overtook, which reflectors handle; and that our
 * own collector had removed an owner's finalizer first: two collectors at once is this test's idea.
 */
const NO_FAULT =
  /options\.go.*manifest file is empty|too old resource version|garbagecollector\.go.*error syncing item.* not found" logger/;
const chart = resolve(import.meta.dirname, "../clients/chart");

/** Runs a program to its end; its output, or an error that shows it. */
function run(program: string, args: string[], kubeconfig: string): string {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: join(kubeconfig, "..", "home") };
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env, timeout: 120_000 });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    // oxlint-disable-next-line no-useless-catch, preserve-caught-error -- the cause would repeat all output
    throw new Error(`${program} ${args.join(" ")}\n${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  }
}

describeReal("clients that know nothing of federations", () => {
  let plane: ControlPlane;
  let federation: Federation;
  let controllers: ReturnType<typeof spawn>;
  let started = 0;
  let log = "";

  beforeAll(async () => {
    [plane, federation] = await Promise.all([
      startControlPlane({ name: "only", controllers: true, kwok: true }),
      startFederation(),
    ]);
    federation.agent("only", plane.kubeconfig, federation.join("only"));
    log = join(federation.dir, "kube-controller-manager.log");
    controllers = spawn(join(realFolder(), "kube-controller-manager"), [
      `--kubeconfig=${federation.kubeconfig}`,
      "--controllers=namespace-controller,garbage-collector-controller",
      "--leader-elect=false",
      "--secure-port=0",
      "--v=2",
    ]);
    const output = createWriteStream(log);
    controllers.stderr?.pipe(output);
    controllers.stdout?.pipe(output);
    started = Date.now();
    await eventually("the cluster is Ready", async () => {
      const { body } = await federation.get("/api/v1/nodes/only");
      return body.status?.conditions?.some((c: any) => c.type === "Ready" && c.status === "True");
    });
  }, 180_000);
  afterAll(async () => {
    controllers?.kill("SIGKILL");
    await federation?.stop();
    await plane?.stop();
  }, 60_000);

  const helm = (version: string, ...args: string[]): string =>
    run(join(realFolder(), version), args, federation.kubeconfig);

  it.each(["helm4", "helm3"])(
    "%s installs, upgrades, tests, rolls back and uninstalls a chart with hooks",
    async (version) => {
      const release = `r-${version}`;
      const at = ["-n", version, "--timeout", "60s"];
      expect(helm(version, "install", release, chart, "--create-namespace", "--wait", ...at)).toContain(
        "STATUS: deployed",
      );
      const deployment = `/apis/apps/v1/namespaces/${version}/deployments/${release}`;
      expect((await plane.call("GET", deployment)).body.status.readyReplicas).toBe(2);
      expect(
        (await plane.call("GET", `/apis/apps/v1/namespaces/${version}/statefulsets/${release}-db`)).body.status
          .readyReplicas,
      ).toBe(1);
      // A hook that did its work is deleted, in the cluster too.
      expect((await federation.get(`/apis/batch/v1/namespaces/${version}/jobs/${release}-before`)).status).toBe(404);
      helm(version, "upgrade", release, chart, "--set", "greeting=again,replicas=3", "--wait", ...at);
      await eventually("the upgrade is in the cluster", async () => {
        const map = await plane.call("GET", `/api/v1/namespaces/${version}/configmaps/${release}-settings`);
        return map.body.data?.greeting === "again";
      });
      expect((await plane.call("GET", deployment)).body.status.readyReplicas).toBe(3);
      expect(helm(version, "test", release, ...at)).toContain("Phase:          Succeeded");
      helm(version, "rollback", release, "1", "--wait", ...at);
      expect((await federation.get(deployment)).body.spec.replicas).toBe(2);
      const history = JSON.parse(helm(version, "history", release, "-n", version, "-o", "json")) as {
        status: string;
      }[];
      expect(history.map(({ status }) => status)).toEqual(["superseded", "superseded", "deployed"]);
      helm(version, "uninstall", release, "--wait", ...at);
      expect((await federation.get(deployment)).status).toBe(404);
      await eventually(
        "nothing is left in the cluster",
        async () => (await plane.call("GET", deployment)).status === 404,
      );
    },
    240_000,
  );

  it("the Python client", () => {
    const python = join(realFolder(), "python", "bin", "python3");
    expect(existsSync(python), "test/clients/build.sh makes it; it needs python3").toBe(true);
    const script = resolve(import.meta.dirname, "../clients/client.py");
    expect(run(python, [script, federation.kubeconfig, "python"], federation.kubeconfig)).not.toContain("FAILED");
  }, 120_000);

  it("client-go: informers of every kind, retry watcher, pager, apply, leader election", () => {
    const output = run(join(realFolder(), "informers"), ["--kubeconfig", federation.kubeconfig], federation.kubeconfig);
    expect(output).not.toContain("FAILED");
    expect(output).toContain("ok namespace gone");
  }, 120_000);

  it("@kubernetes/client-node: an informer is told every change once", async () => {
    const { events, cached } = await watchConfigMaps(federation.kubeconfig, "default");
    expect(events).toEqual(["add n1 0", "add n2 0", "add n3 0", "update n2 1", "delete n1 0"]);
    expect(cached).toEqual(["n2", "n3"]);
  }, 60_000);

  it(
    "kube-controller-manager's namespace and garbage collector controllers report no error",
    async () => {
      // What only its garbage collector and ours together may do once: dependents go with their owner.
      const owner = JSON.parse(federation.kubectl(["create", "configmap", "owner", "-o", "json"])) as any;
      const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: owner.metadata.uid };
      const dependent = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "dependent", ownerReferences: [reference] },
      };
      federation.kubectl(["create", "-f", "-"], { input: JSON.stringify(dependent) });
      federation.kubectl(["delete", "configmap", "owner", "--cascade=foreground"]);
      await eventually(
        "the dependent is gone",
        async () => (await federation.get("/api/v1/namespaces/default/secrets/dependent")).status === 404,
      );
      await new Promise((done) => setTimeout(done, Math.max(0, started + KCM_SECONDS * 1000 - Date.now())));
      const lines = readFileSync(log, "utf8").split("\n");
      expect(controllers.exitCode).toBe(null);
      expect(
        lines.filter((line) =>
          /Caches are synced|Garbage collector: all resource monitors have synced|garbage collector.*synced/i.test(
            line,
          ),
        ),
      ).not.toEqual([]);
      expect(
        lines.filter((line) => /^E|reflector.*(fail|error)|Unhandled/i.test(line) && !NO_FAULT.test(line)),
      ).toEqual([]);
    },
    (KCM_SECONDS + 60) * 1000,
  );
});
