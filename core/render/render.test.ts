import { describe, expect, it } from "vitest";
import type { TemplateRef } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { mannerOf, pluralOf, render } from "./render.ts";

const ref = (kind: string, resource: string, change: Partial<TemplateRef> = {}): TemplateRef => ({
  apiVersion: resource.includes(".") ? "apps/v1" : "v1",
  kind,
  resource,
  namespace: "shop",
  name: "web",
  uid: "u-1",
  ...change,
});
const object = (kind: string, body: object, metadata: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "web", ...metadata },
  ...body,
});
const labels = { "hanse.dev/binding": "u-1" };

describe("render", () => {
  it("fills in the share, marks the object, drops server metadata and status, changes no input", () => {
    const metadata = {
      uid: "root",
      generation: 4,
      resourceVersion: "9",
      managedFields: [],
      finalizers: ["x"],
      ownerReferences: [],
      creationTimestamp: "t",
      labels: { app: "web" },
      annotations: {
        mine: "1",
        "deployment.kubernetes.io/revision": "3",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
      },
    };
    const content = Object.freeze(
      object("Deployment", { spec: Object.freeze({ paused: true }), status: { replicas: 9 } }, metadata),
    );
    expect(render(content, ref("Deployment", "deployments.apps"), { "spec.replicas": 0 })).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop", labels: { app: "web", ...labels }, annotations: { mine: "1" } },
      spec: { paused: true, replicas: 0 },
    });
    expect(content["spec"]).toEqual({ paused: true });
  });

  const uidLabels = { "controller-uid": "u", "batch.kubernetes.io/controller-uid": "u" };
  const nameLabels = { "job-name": "web", "batch.kubernetes.io/job-name": "web" };
  const selector = { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } };
  const template = { metadata: { labels: { app: "web", ...uidLabels, ...nameLabels } }, spec: {} };
  const whole: [string, string, object, object][] = [
    [
      "a Job's selector and generated labels are the member's, its end of life the root's",
      "jobs.batch",
      { parallelism: 2, ttlSecondsAfterFinished: 5, selector, template },
      { parallelism: 2, template: { metadata: { labels: { app: "web" } }, spec: {} } },
    ],
    [
      "with manualSelector they are the user's",
      "jobs.batch",
      { manualSelector: true, selector, template },
      { manualSelector: true, selector, template },
    ],
    [
      "a Pod's node and priority are the member's, its ephemeral containers the agent's to pass on",
      "pods",
      {
        nodeName: "paris",
        priority: 0,
        preemptionPolicy: "Never",
        ephemeralContainers: [{}],
        serviceAccountName: "default",
      },
      { serviceAccountName: "default", ephemeralContainers: [{}] },
    ],
    ["a claim's volume that the user named stays", "persistentvolumeclaims", { volumeName: "v" }, { volumeName: "v" }],
  ];
  it.each(whole)("%s", (_what, resource, spec, expected) => {
    const content = object("X", { spec });
    const before = JSON.stringify(content);
    expect(render(content, ref("X", resource), {})["spec"]).toEqual(expected);
    expect(JSON.stringify(content)).toBe(before);
  });

  it("what binds a claim to a volume of one cluster is not rendered into another", () => {
    const annotations = {
      "pv.kubernetes.io/bind-completed": "yes",
      "volume.kubernetes.io/selected-node": "n",
      mine: "1",
    };
    const claim = object(
      "PersistentVolumeClaim",
      { spec: { volumeName: "v", storageClassName: "s" } },
      { annotations },
    );
    const rendered = render(claim, ref("PersistentVolumeClaim", "persistentvolumeclaims"), {});
    expect(rendered["spec"]).toEqual({ storageClassName: "s" });
    expect(rendered.metadata.annotations).toEqual({ mine: "1" });
  });

  const services: [string, object, object][] = [
    [
      "allocated addresses and ports are the member's",
      {
        clusterIP: "10.0.0.1",
        clusterIPs: ["10.0.0.1"],
        healthCheckNodePort: 3,
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        ports: [{ port: 80, nodePort: 30000 }],
      },
      { ports: [{ port: 80 }] },
    ],
    ["a headless Service stays headless", { clusterIP: "None", clusterIPs: ["None"] }, { clusterIP: "None" }],
    [
      "two families that the user asked for stay",
      { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6", "IPv4"] },
      { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6", "IPv4"] },
    ],
  ];
  it.each(services)("Service: %s", (_what, spec, rendered) => {
    const before = JSON.stringify(spec);
    expect(render(object("Service", { spec }), ref("Service", "services"), {})["spec"]).toEqual(rendered);
    expect(JSON.stringify(spec)).toBe(before);
  });

  it("a ServiceAccount goes without its token Secrets, a Namespace without its finalizers and namespace", () => {
    expect(
      render(
        object("ServiceAccount", { secrets: [{ name: "t" }], imagePullSecrets: [{ name: "p" }] }),
        ref("ServiceAccount", "serviceaccounts"),
        {},
      ),
    ).not.toHaveProperty("secrets");
    const namespace = render(
      object("Namespace", { spec: { finalizers: ["kubernetes"] } }),
      ref("Namespace", "namespaces", { namespace: "" }),
      {},
    );
    expect(namespace).toEqual({ apiVersion: "v1", kind: "Namespace", metadata: { name: "web", labels } });
  });

  it("containers come before followers, followers before workloads, and what scales those after them", () => {
    const scaler = { rule: "follower", finds: { target: "scaleTargetRef" } } as const;
    const ranks = (
      [{ rule: "container" }, { rule: "follower" }, { rule: "workload", divided: [] }, scaler] as const
    ).map((rule) => mannerOf(rule));
    expect(ranks).toEqual([
      { policy: "ensure", rank: 0 },
      { policy: "apply", rank: 10 },
      { policy: "apply", rank: 20 },
      { policy: "apply", rank: 30 },
    ]);
    expect([
      pluralOf({ resource: "deployments.apps", apiVersion: "apps/v1" }),
      pluralOf({ resource: "services", apiVersion: "v1" }),
    ]).toEqual(["deployments", "services"]);
  });
});
