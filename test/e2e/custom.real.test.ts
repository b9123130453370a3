// Custom resources through the real door: kubectl of two versions against a served federation; a restart in between loses nothing.
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeReal } from "../real/describe.ts";
import { type Federation, startFederation } from "./processes.ts";

const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: What runs and when.
            required: [cronSpec]
            properties:
              cronSpec: {type: string, pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', description: When it runs.}
              image: {type: string, default: busybox}
              replicas: {type: integer, minimum: 1, maximum: 10}
          status:
            type: object
            properties: {replicas: {type: integer}, labelSelector: {type: string}}
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.labelSelector}
    additionalPrinterColumns:
    - {name: Spec, type: string, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
`;

const object = (replicas: number): string => `
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine}
spec: {cronSpec: "* * * * */5", replicas: ${replicas}}
`;

describeReal("custom resources by kubectl", () => {
  let federation: Federation;
  const kubectl: Federation["kubectl"] = (...asked) => federation.kubectl(...asked);

  beforeAll(async () => {
    federation = await startFederation();
  }, 120_000);
  afterAll(() => federation?.stop());

  it("a definition is established, explained, its objects shown, scaled, patched and edited by two versions of kubectl", async () => {
    kubectl(["apply", "-f", "-"], { input: DEFINITION });
    kubectl(["wait", "--for=condition=Established", "crd/crontabs.stable.example.com", "--timeout=10s"]);
    expect(kubectl(["api-resources", "--api-group=stable.example.com", "--no-headers"])).toMatch(
      /^crontabs +ct +stable.example.com\/v1 +true +CronTab/,
    );
    expect(kubectl(["explain", "crontab.spec.cronSpec"])).toContain("When it runs.");
    for (const binary of ["kubectl", "kubectl-1.32"] as const) {
      kubectl(["apply", "-f", "-"], { input: object(2), binary });
      expect(kubectl(["get", "ct", "--no-headers"], { binary })).toMatch(/^mine +\* \* \* \* \*\/5 +2/);
      kubectl(["scale", "ct/mine", "--replicas=3"], { binary });
      expect(kubectl(["get", "ct", "mine", "-o", "jsonpath={.spec.replicas} {.spec.image}"], { binary })).toBe(
        "3 busybox",
      );
      kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], { input: object(4), binary });
      kubectl(["patch", "ct", "mine", "--type=merge", "-p", '{"spec":{"image":"nginx"}}'], { binary });
      expect(() =>
        kubectl(["patch", "ct", "mine", "--type=merge", "-p", '{"spec":{"replicas":11}}'], { binary }),
      ).toThrow(/spec.replicas in body should be less than or equal to 10/);
      expect(() => kubectl(["apply", "-f", "-"], { input: object(2).replace("replicas", "replica"), binary })).toThrow(
        /unknown field "spec.replica"/,
      );
      kubectl(["delete", "ct", "mine", "--timeout=10s"], { binary });
    }
  }, 120_000);

  it("after kill -9 the kind and its objects are served as before, and go with their definition", async () => {
    kubectl(["apply", "-f", "-"], { input: object(2) });
    await federation.process.kill("SIGKILL");
    await federation.serve();
    expect(kubectl(["get", "crontabs.v1.stable.example.com", "mine", "-o", "jsonpath={.spec.replicas}"])).toBe("2");
    kubectl(["delete", "crd", "crontabs.stable.example.com", "--timeout=20s"]);
    expect((await federation.get("/apis/stable.example.com/v1/namespaces/default/crontabs")).status).toBe(404);
    kubectl(["apply", "-f", "-"], { input: DEFINITION });
    kubectl(["wait", "--for=condition=Established", "crd/crontabs.stable.example.com", "--timeout=10s"]);
    expect(kubectl(["get", "ct", "-o", "name"])).toBe("");
  }, 120_000);
});
