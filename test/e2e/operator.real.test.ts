// An operator as people write them (test/clients/operator: controller-runtime, leader election, a finalizer, an owned ConfigMap, status, events)
// against the federation as its only API server: two of them, one leads; the leader is killed and the other takes over.
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Loose } from "../../kinds/object.ts";
import { describeReal, realFolder } from "../real/describe.ts";
import { eventually, type Federation, startFederation } from "./processes.ts";

const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: recipes.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: recipes, kind: Recipe}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, required: [text], properties: {text: {type: string}}}
          status: {type: object, properties: {observedGeneration: {type: integer}}}
    subresources: {status: {}}
`;
const recipe = (text: string): string => `
apiVersion: example.com/v1
kind: Recipe
metadata: {name: soup}
spec: {text: ${text}}
`;
const RECIPE = "/apis/example.com/v1/namespaces/default/recipes/soup";
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/default/leases/cook.example.com";

describeReal("an operator of controller-runtime", () => {
  let federation: Federation;
  const operators = new Map<string, ChildProcess>();
  const log = (name: string): string => join(federation.dir, `${name}.log`);

  function start(name: string): void {
    const operator = spawn(join(realFolder(), "operator"), [], {
      env: { ...process.env, KUBECONFIG: federation.kubeconfig },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = createWriteStream(log(name));
    operator.stdout?.pipe(output);
    operator.stderr?.pipe(output);
    operators.set(name, operator);
  }

  const get = async (path: string): Promise<Loose> => (await federation.get(path)).body;
  const cooked = (text: string, generation: number): Promise<unknown> =>
    eventually(`the ConfigMap says ${text}`, async () => {
      const { data, metadata } = await get("/api/v1/namespaces/default/configmaps/soup");
      const { status } = await get(RECIPE);
      const owner = metadata?.ownerReferences?.[0];
      return (
        data?.text === text && owner?.kind === "Recipe" && owner.controller && status?.observedGeneration === generation
      );
    });

  beforeAll(async () => {
    federation = await startFederation();
    federation.kubectl(["apply", "-f", "-"], { input: DEFINITION });
    federation.kubectl(["wait", "--for=condition=Established", "crd/recipes.example.com", "--timeout=10s"]);
  }, 120_000);
  afterAll(async () => {
    for (const operator of operators.values()) operator.kill("SIGKILL");
    await federation?.stop();
  });

  it("makes, heals, follows and cleans up; its Lease changes hands", async () => {
    start("one");
    await eventually("one leads", async () => (await get(LEASE)).spec?.holderIdentity);
    start("two");
    federation.kubectl(["apply", "-f", "-"], { input: recipe("leek") });
    await cooked("leek", 1);
    expect((await get(RECIPE)).metadata.finalizers).toEqual(["example.com/cleanup"]);
    federation.kubectl(["apply", "-f", "-"], { input: recipe("pea") });
    await cooked("pea", 2);
    federation.kubectl(["patch", "configmap", "soup", "--type=merge", "-p", '{"data":{"text":"spoiled"}}']);
    await cooked("pea", 2);
    await eventually("events tell of it", async () => {
      const { items } = await get("/apis/events.k8s.io/v1/namespaces/default/events");
      return items?.some(({ reason, regarding }: Loose) => reason === "Cooked" && regarding?.name === "soup");
    });
    const { holderIdentity: before } = (await get(LEASE)).spec;
    operators.get("one")!.kill("SIGKILL");
    await eventually("two leads", async () => (await get(LEASE)).spec?.holderIdentity !== before);
    federation.kubectl(["apply", "-f", "-"], { input: recipe("bean") });
    await cooked("bean", 3);
    federation.kubectl(["delete", "recipe", "soup", "--timeout=20s"]);
    expect((await federation.get("/api/v1/namespaces/default/configmaps/soup")).status).toBe(404);
    for (const name of operators.keys()) expect(readFileSync(log(name), "utf8")).not.toMatch(/"level":"error"|panic/);
  }, 120_000);
});
