// Job, CronJob, StatefulSet, DaemonSet, ControllerRevision without a kube-apiserver: their corpora hold by themselves, and the pure
// functions under them. Agreement with kube-apiserver: differential.real.test.ts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEMBER_KINDS } from "./all.ts";
import { scheduleError } from "./cronjob/schedule.ts";
import { locationError } from "./cronjob/zones.ts";
import { invalid, updates, valid } from "./differential/batch.ts";
import { countIndexes, firstOverlap } from "./job/indexes.ts";
import { printedTemplate } from "./job/printed.ts";
import { validateJobStatus } from "./job/status.ts";
import type { Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { replicaSet } from "./replicaset.ts";

const kindOf = (object: Loose): Kind => MEMBER_KINDS.find(({ kind }) => kind === object.kind) as Kind;

function prepared(manifest: Loose): KubeObject {
  const object = JSON.parse(JSON.stringify(manifest));
  object.metadata.namespace = "default";
  const kind = kindOf(object);
  kind.setDefaults?.(object);
  object.metadata.uid = "u";
  kind.prepareCreate?.(object);
  return JSON.parse(JSON.stringify(object));
}

describe("manifests", () => {
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
    expect(JSON.parse(JSON.stringify(next))).toEqual(old);
    expect(kindOf(before).validate?.(next, old)).toEqual([]);
  });
});

const owner = (controller?: boolean): Loose => ({ apiVersion: "v1", kind: "X", name: "x", uid: "x", controller });

describe("propagates", () => {
  it.each([
    ["Job", {}, true],
    ["Job", { ownerReferences: [owner()] }, true],
    ["Job", { ownerReferences: [owner(true)] }, false],
    ["StatefulSet", { ownerReferences: [owner(), owner(true)] }, false],
    ["ReplicaSet", {}, true],
    ["ReplicaSet", { annotations: { "deployment.kubernetes.io/revision": "3" } }, false],
    ["ReplicaSet", { ownerReferences: [owner(true)] }, false],
  ])("%s with %j: %s", (kind, metadata, answer) => {
    const object = { apiVersion: "v1", kind, metadata: { name: "a", ...metadata } } as KubeObject;
    expect(kindOf(object).propagates?.(object)).toBe(answer);
  });

  it("a ReplicaSet is a workload", () =>
    expect(replicaSet.federation).toMatchObject({ rule: "workload", division: "whole" }));
});

describe("schedules", () => {
  const bounds = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const;
  const field = ([min, max]: readonly [number, number]) =>
    fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: 40 }))
      .chain(([a, b, step]) =>
        fc.constantFrom("*", "?", `${a}`, `*/${step}`, `${Math.min(a, b)}-${Math.max(a, b)}/${step}`, `${a},${b}`),
      );

  it("of five fields within their bounds are schedules", () => {
    fc.assert(
      fc.property(fc.tuple(...bounds.map(field)), (fields) => {
        expect(scheduleError(fields.join(" "))).toBeUndefined();
      }),
    );
  });

  it("any text has an answer", () => {
    const piece = fc.constantFrom("*", "1", "-", "/", ",", " ", "@every ", "TZ=", "UTC ", "h", "mon", "99", ".");
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        expect(["string", "undefined"]).toContain(typeof scheduleError(pieces.join("")));
      }),
    );
  });

  it("zones are known by their exact name", () => {
    expect(["Europe/Berlin", "UTC", "GMT+0", "America/Argentina/Ushuaia"].map(locationError)).toEqual(
      Array.from({ length: 4 }),
    );
    expect(["europe/berlin", "Europe", "Mars/Base"].map(locationError)).toEqual([
      "unknown time zone europe/berlin",
      "unknown time zone Europe",
      "unknown time zone Mars/Base",
    ]);
  });
});

describe("indexes", () => {
  const set = fc.uniqueArray(fc.nat(30), { maxLength: 20 }).map((list) => list.sort((a, b) => a - b));
  const format = (list: number[]): string => {
    const runs: [number, number][] = [];
    for (const index of list) {
      const last = runs.at(-1);
      if (last !== undefined && last[1] === index - 1) last[1] = index;
      else runs.push([index, index]);
    }
    return runs.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(",");
  };

  it("are counted as they were written", () => {
    fc.assert(
      fc.property(set, (list) => {
        expect(countIndexes(format(list), 31)).toEqual({ ok: true, value: list.length });
      }),
    );
  });

  it("overlap exactly where both lists have one", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const common = a.find((index) => b.includes(index));
        expect(firstOverlap(format(a), format(b), 31)).toBe(common);
      }),
    );
  });
});

describe("a Job's status", () => {
  const job = (status: Loose, spec: Loose = {}): KubeObject =>
    ({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "a" }, spec, status }) as KubeObject;
  const done = {
    startTime: "2026-01-01T00:00:00Z",
    completionTime: "2026-01-01T00:01:00Z",
    succeeded: 1,
    conditions: [
      { type: "SuccessCriteriaMet", status: "True" },
      { type: "Complete", status: "True" },
    ],
  };
  it.each([
    ["completes", {}, done, 0],
    ["stays as it was, whatever it was", { active: 1, ...done }, { active: 1, ...done }, 0],
    ["cannot complete without its times", {}, { conditions: done.conditions }, 2],
    ["cannot become incomplete", done, { ...done, conditions: done.conditions.slice(0, 1) }, 2],
    ["cannot count back", done, { ...done, succeeded: 0 }, 1],
    ["cannot end with pods running", {}, { ...done, active: 1 }, 1],
  ])("%s", (_what, old, next, errors) => {
    expect(validateJobStatus(job(next), job(old))).toHaveLength(errors);
  });
});

it("a template is printed as kube-apiserver's own type: every field, embedded ones in place, host settings in the security context", () => {
  const printed = JSON.parse(
    printedTemplate({
      metadata: { labels: { b: "2", a: "1" } },
      spec: {
        hostNetwork: true,
        containers: [{ name: "c", livenessProbe: { httpGet: { port: "web" } }, env: [{ name: "E" }] }],
        volumes: [
          { name: "v", rbd: { monitors: ["m"], image: "i" } },
          { name: "e", emptyDir: { sizeLimit: "1Gi" } },
        ],
      },
    }),
  );
  expect(Object.keys(printed.labels)).toEqual(["a", "b"]);
  expect(printed.Spec.SecurityContext).toMatchObject({ HostNetwork: true, HostPID: false, RunAsUser: null });
  expect(printed.Spec.Containers[0]).toMatchObject({ Name: "c", Env: [{ Name: "E", Value: "", ValueFrom: null }] });
  expect(printed.Spec.Containers[0].LivenessProbe).toMatchObject({ Exec: null, HTTPGet: { Port: "web", Path: "" } });
  expect(printed.Spec.Volumes[0]).toMatchObject({
    Name: "v",
    EmptyDir: null,
    RBD: { CephMonitors: ["m"], RBDImage: "i" },
  });
  expect(printed.Spec.Volumes[1].EmptyDir).toEqual({ Medium: "", SizeLimit: "1Gi" });
});
