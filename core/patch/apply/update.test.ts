import { describe, expect, it } from "vitest";
import { deployment } from "../../../kinds/deployment.ts";
import { schemaOf } from "../../../kinds/facts/schema.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../../kinds/object.ts";
import { unlessSame } from "./times.ts";
import { trackUpdate } from "./update.ts";

const schema = schemaOf("io.k8s.api.apps.v1.Deployment");
const T1 = "2026-01-01T00:00:01Z";
const T2 = "2026-01-01T00:00:02Z";
const writer = { schema, apiVersion: "apps/v1", reset: [["status"]] };

function web(): KubeObject {
  const object: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default", labels: { app: "web" } },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "nginx:1", ports: [{ containerPort: 80 }] }] },
      },
    },
  };
  deployment.setDefaults!(object);
  return object;
}

function created(): KubeObject {
  const next = web();
  next.metadata.managedFields = trackUpdate({ ...writer, next, manager: "kubectl-create", now: T1 });
  return next;
}

function changed(old: KubeObject, change: (object: KubeObject) => void): KubeObject {
  const next = structuredClone(old);
  change(next);
  return next;
}

const fields = (entries: ManagedFieldsEntry[] | undefined, manager: string): unknown =>
  entries?.find((entry) => entry.manager === manager)?.fieldsV1;

describe("trackUpdate", () => {
  it("a creator owns what it set and what was defaulted, not names, not status", () => {
    expect(created().metadata.managedFields).toEqual([
      {
        manager: "kubectl-create",
        operation: "Update",
        apiVersion: "apps/v1",
        time: T1,
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
          "f:spec": {
            "f:progressDeadlineSeconds": {},
            "f:replicas": {},
            "f:revisionHistoryLimit": {},
            "f:selector": {},
            "f:strategy": { "f:rollingUpdate": { ".": {}, "f:maxSurge": {}, "f:maxUnavailable": {} }, "f:type": {} },
            "f:template": {
              "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
              "f:spec": {
                "f:containers": {
                  'k:{"name":"c"}': {
                    ".": {},
                    "f:image": {},
                    "f:imagePullPolicy": {},
                    "f:name": {},
                    "f:ports": {
                      ".": {},
                      'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {}, "f:protocol": {} },
                    },
                    "f:resources": {},
                    "f:terminationMessagePath": {},
                    "f:terminationMessagePolicy": {},
                  },
                },
                "f:dnsPolicy": {},
                "f:restartPolicy": {},
                "f:schedulerName": {},
                "f:securityContext": {},
                "f:terminationGracePeriodSeconds": {},
              },
            },
          },
        },
      },
    ]);
  });

  it("a changed field moves to the writer, a removed one leaves everybody", () => {
    const old = created();
    const next = changed(old, (object) => {
      object.spec.replicas = 5;
      delete object.metadata.labels;
    });
    const after = trackUpdate({ ...writer, old, next, manager: "scaler", now: T2 });
    expect(fields(after, "scaler")).toEqual({ "f:spec": { "f:replicas": {} } });
    expect(fields(after, "kubectl-create")).not.toHaveProperty(["f:spec", "f:replicas"]);
    expect(fields(after, "kubectl-create")).not.toHaveProperty(["f:metadata"]);
    expect(after?.map((entry) => entry.time)).toEqual([T1, T2]);
  });

  it("a write that changes nothing gives the very same list", () => {
    const old = created();
    expect(trackUpdate({ ...writer, old, next: changed(old, () => {}), manager: "scaler", now: T2 })).toBe(
      old.metadata.managedFields,
    );
  });

  it("the same manager gathers its fields in one entry, another subresource in another", () => {
    const old = created();
    const next = changed(old, (object) => void (object.spec.paused = true));
    const once = {
      ...next,
      metadata: {
        ...next.metadata,
        managedFields: trackUpdate({ ...writer, old, next, manager: "kubectl-create", now: T2 }),
      },
    };
    expect(once.metadata.managedFields).toHaveLength(1);
    expect(once.metadata.managedFields?.[0]).toMatchObject({
      time: T2,
      fieldsV1: { "f:spec": { "f:paused": {}, "f:replicas": {} } },
    });
    const withStatus = changed(once, (object) => void (object.status = { replicas: 1 }));
    const twice = trackUpdate({
      ...writer,
      reset: [["spec"]],
      old: once,
      next: withStatus,
      manager: "kubectl-create",
      subresource: "status",
      now: T2,
    });
    expect(twice?.map((entry) => entry.subresource)).toEqual([undefined, "status"]);
  });

  it("managedFields sent empty are forgotten, and stay so", () => {
    const old = created();
    for (const sent of [[], [{}]]) {
      const next = changed(old, (object) => void (object.metadata.managedFields = sent));
      expect(trackUpdate({ ...writer, old, next, manager: "m", now: T2 })).toBeUndefined();
      expect(
        trackUpdate({
          ...writer,
          old: { ...old, metadata: { ...old.metadata, managedFields: undefined } },
          next,
          manager: "m",
          now: T2,
        }),
      ).toBeUndefined();
    }
  });

  it("an object nobody manages stays so when updated", () => {
    const old = web();
    expect(
      trackUpdate({
        ...writer,
        old,
        next: changed(old, (object) => void (object.spec.replicas = 5)),
        manager: "m",
        now: T2,
      }),
    ).toBeUndefined();
  });

  it("managedFields not sent, or nonsense, are kept", () => {
    const old = created();
    for (const sent of [
      undefined,
      [{ operation: "Frob" as never, apiVersion: "v1", fieldsType: "FieldsV1" as const }],
    ]) {
      const next = changed(old, (object) => void (object.metadata.managedFields = sent));
      expect(trackUpdate({ ...writer, old, next, manager: "m", now: T2 })).toBe(old.metadata.managedFields);
    }
  });

  it("at most ten updaters: the oldest become ancient-changes", () => {
    let old = created();
    for (let i = 0; i < 15; i++) {
      const next = changed(
        old,
        (object) => void (object.metadata.annotations = { ...object.metadata.annotations, [`a${i}`]: "1" }),
      );
      const now = `2026-01-01T00:01:${String(i).padStart(2, "0")}Z`;
      next.metadata.managedFields = trackUpdate({ ...writer, old, next, manager: `m${i}`, now });
      old = next;
    }
    const managers = old.metadata.managedFields!.map((entry) => entry.manager);
    expect(managers).toEqual(["ancient-changes", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14"]);
    expect(fields(old.metadata.managedFields, "ancient-changes")).toMatchObject({
      "f:metadata": { "f:annotations": { "f:a0": {}, "f:a5": {} } },
      "f:spec": { "f:replicas": {} },
    });
  });
});

describe("unlessSame", () => {
  it("a difference in times alone is none", () => {
    const old = created();
    const later = changed(old, (object) => void (object.metadata.managedFields![0]!.time = T2));
    expect(unlessSame(old, later)).toBe(old);
    const other = changed(later, (object) => void (object.spec.replicas = 2));
    expect(unlessSame(old, other)).toBe(other);
  });
});
