// What a pod becomes and may become without a kube-apiserver at hand; the rest is compared with a real one (kinds/differential/pods.ts,
// worker/wire/differential/podlife.ts).
import fc from "fast-check";
import { expect, it } from "vitest";
import { pod as podManifest, podWith } from "../differential/podmanifests.ts";
import { valid } from "../differential/podsvalid.ts";
import type { Loose } from "../object.ts";
import { pod } from "../pod.ts";
import { isLatest } from "../podspec/image.ts";
import { admit, admitServiceAccount } from "./admit.ts";

function made(manifest: Loose): Loose {
  const object = JSON.parse(JSON.stringify(manifest));
  object.metadata.namespace = "default";
  pod.setDefaults?.(object);
  object.metadata.uid = "1";
  pod.prepareCreate?.(object);
  pod.admit?.(object);
  return object;
}

it.each([
  ["no class", {}, 0, "PreemptLowerPriority"],
  ["a system class", { priorityClassName: "system-node-critical" }, 2000001000, "PreemptLowerPriority"],
  ["a class of the user's, left to the cluster", { priorityClassName: "gold" }, undefined, undefined],
])("priority: %s", (_name, spec, priority, preemptionPolicy) => {
  const object = podManifest(spec);
  admit(object);
  expect([object.spec.priority, object.spec.preemptionPolicy]).toEqual([priority, preemptionPolicy]);
});

const priorityClass = (name: string, value: number, more: Loose = {}): Loose => ({
  metadata: { name },
  value,
  ...more,
});

it.each<[string, Loose, Loose[], Loose]>([
  ["of its class", { priorityClassName: "gold" }, [priorityClass("gold", 9)], { priority: 9 }],
  ["0 where no class is the default", {}, [], { priority: 0, preemptionPolicy: "PreemptLowerPriority" }],
  [
    "the lowest of two defaults",
    {},
    [
      priorityClass("a", 9, { globalDefault: true }),
      priorityClass("b", 5, { globalDefault: true, preemptionPolicy: "Never" }),
    ],
    { priorityClassName: "b", priority: 5, preemptionPolicy: "Never" },
  ],
])("priority by classes that were looked up: %s", (_name, spec, classes, filled) => {
  const object = podManifest(spec);
  expect(admit(object, undefined, classes as never)).toBeUndefined();
  expect(object.spec).toMatchObject(filled);
});

it("a class that was looked up in vain is refused", () => {
  expect(admit(podManifest({ priorityClassName: "gold" }), undefined, [])).toBe(
    "no PriorityClass with name gold was found",
  );
});

it("a pod runs as the default service account at the root, a static pod as none", () => {
  const plain = podManifest();
  admitServiceAccount(plain);
  expect(plain.spec).toMatchObject({ serviceAccountName: "default", serviceAccount: "default" });
  const mirror = podManifest({}, { annotations: { "kubernetes.io/config.mirror": "x" } });
  admitServiceAccount(mirror);
  expect(mirror.spec.serviceAccountName).toBeUndefined();
});

it.each([
  ["unscheduled", {}, "Pending", undefined, 0],
  ["its own", { nodeName: "n", terminationGracePeriodSeconds: 7 }, "Running", undefined, 7],
  ["asked", { nodeName: "n" }, "Running", 5, 5],
  ["at once", { nodeName: "n" }, "Running", 0, 0],
  ["negative", { nodeName: "n" }, "Running", -1, 1],
  ["finished", { nodeName: "n" }, "Succeeded", 5, 0],
])("graceful deletion: %s", (_name, spec, phase, asked, seconds) => {
  expect(pod.grace?.({ ...podManifest(spec), status: { phase } } as never, asked)).toBe(seconds);
});

it.each([
  ["limits alone", podWith({ resources: { limits: { cpu: "1", memory: "1Gi" } } }), "Guaranteed"],
  ["half of them", podWith({ resources: { limits: { cpu: "1" } } }), "Burstable"],
  ["nothing", podManifest(), "BestEffort"],
  ["zero", podWith({ resources: { limits: { cpu: "0" } } }), "BestEffort"],
  ["the pod's own", podManifest({ resources: { limits: { cpu: "1", memory: "1Gi" } } }), "Guaranteed"],
])("quality of service: %s", (_name, manifest, expected) => {
  expect(made(manifest).status.qosClass).toBe(expected);
});

it("P11: what was taken once is taken again unchanged, and changes nothing", () => {
  fc.assert(
    fc.property(fc.constantFrom(...valid.filter(([, one]) => one.kind === "Pod")), ([, manifest]) => {
      const old = made(manifest);
      const next = structuredClone(old);
      pod.setDefaults?.(next as never);
      pod.admit?.(next as never, old as never);
      expect(next).toEqual(old);
      expect(pod.validate?.(next as never, old as never)).toEqual([]);
    }),
  );
});

it.each([
  ["nginx", true],
  ["nginx:1", false],
  ["nginx:latest", true],
  ["localhost:5000/nginx", true],
  ["localhost:5000/nginx:2", false],
  [`nginx@sha256:${"0".repeat(64)}`, false],
  ["NGINX", false],
  ["", false],
])("image %s is pulled anew: %s", (image, latest) => {
  expect(isLatest(image)).toBe(latest);
});
