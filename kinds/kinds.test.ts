// What holds for every kind of the table, and the kinds' own pure functions. Agreement with kube-apiserver: differential.real.test.ts.
import { describe, expect, it } from "vitest";
import { MEMBER_KINDS, ROOT_KINDS, ROOT_PROJECTIONS } from "./all.ts";
import { cluster } from "./clusterkind.ts";
import { invalid } from "./differential/invalid.ts";
import { deployment as template } from "./differential/manifests.ts";
import { updates } from "./differential/updates.ts";
import { valid } from "./differential/valid.ts";
import { deployment } from "./deployment.ts";
import { schemaOf } from "./facts/schema.ts";
import { type Kind, kindKey } from "./kind.ts";
import { nodeFromCluster } from "./node.ts";
import type { KubeObject, Loose } from "./object.ts";
import { followersNamedBy } from "./podspec.ts";
import { neverPropagated } from "./propagation.ts";
import { dropZeros } from "./rules/zeros.ts";

const ALL = [...new Set([...ROOT_KINDS, ...MEMBER_KINDS])];

describe.each(ALL.map((kind) => [kind.kind, kind] as const))("%s", (_name, kind) => {
  it("has a schema and columns that begin with a name", () => {
    expect(schemaOf(kind.schema).properties?.has("metadata")).toBe(true);
    expect(kind.columns.some(({ name, format }) => name === "Name" && format === "name")).toBe(true);
  });

  it("shows an object that holds next to nothing", () => {
    const object = { apiVersion: "v1", kind: kind.kind, metadata: { name: "x" } };
    for (const column of kind.columns) expect(column.cell(object, 0)).not.toBeUndefined();
  });
});

it("no resource stands twice in a table", () => {
  for (const table of [ROOT_KINDS, MEMBER_KINDS]) {
    expect(new Set(table.map((kind) => `${kindKey(kind)}/${kind.version}`)).size).toBe(table.length);
    const stored = table.filter(({ conversion }) => conversion === undefined);
    expect(new Set(stored.map(kindKey)).size).toBe(stored.length);
  }
  for (const resource of Object.keys(ROOT_PROJECTIONS)) expect(ROOT_KINDS.map(kindKey)).toContain(resource);
});

it("pods at the root are made and watched as anywhere", () => {
  const found = ROOT_KINDS.find(({ resource }) => resource === "pods");
  expect(found).toMatchObject({ status: true, federation: { rule: "workload", once: true } });
  expect(found?.verbs).toContain("watch");
  expect(found?.warning).toBeUndefined();
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: {} };
  found?.admit?.(pod);
  expect(pod.spec).toMatchObject({ serviceAccountName: "default", serviceAccount: "default", priority: 0 });
});

const kindOf = (object: Loose): Kind => MEMBER_KINDS.find(({ kind }) => kind === object.kind) as Kind;

describe("manifests", () => {
  const prepared = (manifest: Loose): KubeObject => {
    const object = JSON.parse(JSON.stringify(manifest));
    const kind = kindOf(object);
    if (kind.namespaced) object.metadata.namespace = "default";
    kind.setDefaults?.(object);
    object.metadata.uid = "u";
    kind.prepareCreate?.(object);
    return object;
  };
  it.each(valid)("are valid: %s", (_name, manifest) => {
    expect(kindOf(manifest).validate?.(prepared(manifest))).toEqual([]);
  });
  it.each(invalid)("are refused: %s", (_name, manifest) => {
    expect(kindOf(manifest).validate?.(prepared(manifest))).not.toEqual([]);
  });
  it.each(updates)("do not change by an update to what they are: %s", (_name, before) => {
    const old = prepared(before);
    const next = structuredClone(old);
    kindOf(before).setDefaults?.(next);
    kindOf(before).prepareUpdate?.(next, old);
    expect(JSON.parse(JSON.stringify(next))).toEqual(JSON.parse(JSON.stringify(old)));
    expect(kindOf(before).validate?.(next, old)).toEqual([]);
  });
});

describe("dropZeros", () => {
  it("leaves managedFields, pointers and map values alone", () => {
    const object = template({ replicas: 0, paused: false }, { managedFields: [], labels: { a: "" }, finalizers: [] });
    dropZeros(object, deployment.schema);
    expect(object.metadata).toEqual({ name: "web", managedFields: [], labels: { a: "" } });
    expect([object.spec.replicas, object.spec.paused]).toEqual([0, undefined]);
  });
});

describe("followersNamedBy", () => {
  it("finds what a pod spec names, each once", () => {
    const everything = valid.find(([name]) => name === "Deployment, everything")?.[1].spec.template.spec;
    expect(followersNamedBy(everything).map(({ resource, name }) => `${resource}/${name}`)).toEqual([
      "configmaps/cm",
      "persistentvolumeclaims/c",
      "secrets/pull",
      "secrets/s",
      "serviceaccounts/robot",
    ]);
    expect(followersNamedBy({ containers: [] })).toEqual([]);
  });
});

describe("neverPropagated", () => {
  const object = (kind: string, name: string, changes: Loose = {}): KubeObject => ({
    apiVersion: "v1",
    kind,
    metadata: { name, namespace: "shop", ...changes.metadata },
    ...changes.body,
  });
  it.each([
    [object("ConfigMap", "settings"), false],
    [object("ConfigMap", "kube-root-ca.crt"), true],
    [object("ConfigMap", "settings", { metadata: { namespace: "kube-system" } }), true],
    [object("ServiceAccount", "default"), true],
    [object("ServiceAccount", "robot"), false],
    [object("Secret", "s", { body: { type: "Opaque" } }), false],
    [object("Secret", "s", { body: { type: "helm.sh/release.v1" } }), true],
    [object("Secret", "s", { body: { type: "kubernetes.io/service-account-token" } }), true],
    [object("Namespace", "kube-system", { metadata: { namespace: undefined } }), true],
    [object("Namespace", "default", { metadata: { namespace: undefined } }), false],
    [object("Service", "web"), false],
    [object("Service", "kubernetes", { metadata: { namespace: "default" } }), true],
    [object("Event", "e"), true],
  ])("%j: %s", (one, never) => {
    expect(neverPropagated(kindOf(one), one)).toBe(never);
  });
});

describe("nodeFromCluster", () => {
  const base: KubeObject = {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: {
      name: "paris",
      uid: "u",
      resourceVersion: "7",
      labels: { "topology.kubernetes.io/region": "eu-west" },
      managedFields: [{}],
    },
    spec: { unschedulable: true, taints: [{ key: "a", effect: "NoExecute" }] },
    status: {
      conditions: [
        { type: "Ready", status: "True", reason: "Heard", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
      ],
      capacity: { cpu: "8" },
      kubernetesVersion: "v1.36.3",
    },
  };
  it("shows labels, taints, capacity, readiness and version, and nothing of the Cluster's bookkeeping", () => {
    const node = nodeFromCluster(base) as Loose;
    expect(node.metadata).toEqual({
      name: "paris",
      uid: "u",
      resourceVersion: "7",
      labels: {
        "topology.kubernetes.io/region": "eu-west",
        "kubernetes.io/hostname": "paris",
        "node-role.kubernetes.io/cluster": "",
      },
    });
    expect(node.spec).toEqual({
      unschedulable: true,
      taints: [
        { key: "a", effect: "NoExecute" },
        { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" },
      ],
    });
    expect(node.status).toMatchObject({
      capacity: { cpu: "8" },
      allocatable: { cpu: "8" },
      nodeInfo: { kubeletVersion: "v1.36.3" },
      conditions: [{ type: "Ready", lastHeartbeatTime: "2026-01-01T00:00:00Z" }],
    });
  });

  it("is NotReady, and tainted so, while no agent was heard", () => {
    const node = nodeFromCluster({ ...base, spec: {}, status: {} }) as Loose;
    expect(node.status.conditions[0]).toMatchObject({ type: "Ready", status: "Unknown" });
    expect(node.spec.taints).toEqual([{ key: "node.kubernetes.io/unreachable", effect: "NoSchedule" }]);
  });

  it("leaves the Cluster as it was", () => {
    const before = structuredClone(base);
    nodeFromCluster(base);
    expect(base).toEqual(before);
  });
});

describe("Cluster", () => {
  it.each([
    [{ spec: { taints: [{ key: "a b", effect: "NoSchedule" }] } }, "spec.taints[0].key"],
    [{ spec: { taints: [{ key: "a", effect: "Maybe" }] } }, "spec.taints[0].effect"],
    [{ spec: { taints: [{ key: "a" }] } }, "spec.taints[0].effect"],
    [{ spec: { unschedulable: "yes" } }, "spec.unschedulable"],
  ])("refuses %j", (body, field) => {
    const object = { apiVersion: "hanse.dev/v1alpha1", kind: "Cluster", metadata: { name: "paris" }, ...body };
    expect(cluster.validate?.(object as KubeObject).map((error) => error.field)).toContain(field);
  });
});
