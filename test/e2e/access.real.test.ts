// Rights by kubectl against a served federation: what it is born with, what one may, roles that are written, gathered and reconciled.
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeReal } from "../real/describe.ts";
import { eventually, type Federation, startFederation } from "./processes.ts";

describeReal("rights by kubectl", () => {
  let federation: Federation;
  const kubectl: Federation["kubectl"] = (...asked) => federation.kubectl(...asked);

  beforeAll(async () => {
    federation = await startFederation();
  }, 120_000);
  afterAll(() => federation?.stop());

  it("says who one is and what one may", () => {
    expect(kubectl(["auth", "whoami"])).toMatch(/Username +admin/);
    expect(kubectl(["auth", "can-i", "delete", "nodes"])).toMatch(/^yes/);
    expect(kubectl(["auth", "can-i", "--list"])).toMatch(/\*\.\*/);
  });

  it("is born with the roles that everybody knows, and gathers them by label", async () => {
    const viewed = (): string => kubectl(["get", "clusterrole", "view", "-o", "jsonpath={.rules[*].resources}"]);
    await eventually("view holds the rules of its parts", async () => viewed().includes("placements"));
    expect(viewed()).toContain("configmaps");
    expect(viewed()).not.toContain("secrets");
    kubectl(["create", "clusterrole", "recipes", "--verb=get", "--resource=services"]);
    kubectl(["label", "clusterrole", "recipes", "rbac.authorization.k8s.io/aggregate-to-view=true"]);
    kubectl(["create", "clusterrole", "extra", "--verb=get", "--non-resource-url=/metrics"]);
    kubectl(["label", "clusterrole", "extra", "rbac.authorization.k8s.io/aggregate-to-view=true"]);
    await eventually("the label gathers it", async () =>
      kubectl(["get", "clusterrole", "view", "-o", "jsonpath={.rules[*].nonResourceURLs}"]).includes("/metrics"),
    );
  }, 60_000);

  it("takes roles and bindings as kubectl writes, shows and reconciles them", () => {
    kubectl(["create", "role", "reader", "--verb=get,list", "--resource=pods,deployments.apps"]);
    kubectl([
      "create",
      "rolebinding",
      "readers",
      "--role=reader",
      "--user=alice",
      "--group=team",
      "--serviceaccount=default:robot",
    ]);
    expect(kubectl(["get", "rolebinding", "readers", "-o", "wide", "--no-headers"])).toMatch(
      /^readers +Role\/reader +\S+ +alice +team +default\/robot/,
    );
    expect(kubectl(["describe", "rolebinding", "readers"])).toContain("ServiceAccount  robot  default");
    const role =
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: default}\nrules: [{apiGroups: [""], resources: [events], verbs: [get]}]\n';
    kubectl(["auth", "reconcile", "-f", "-"], { input: role });
    expect(kubectl(["get", "role", "reader", "-o", "jsonpath={.rules[*].resources}"])).toMatch(/pods.*events/);
    expect(() => kubectl(["get", "pods", "--as=alice"])).toThrow(/cannot impersonate/);
  }, 60_000);
});
