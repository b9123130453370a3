import fc from "fast-check";
import { expect, test } from "vitest";
import { schemaOf } from "../../../kinds/facts/schema.ts";
import type { KubeObject } from "../../../kinds/object.ts";
import { trackStatus } from "./status.ts";
import { trackUpdate } from "./update.ts";

const schema = schemaOf("io.k8s.api.apps.v1.Deployment");
const created: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { a: "b" } },
  spec: { replicas: 1, template: { spec: { containers: [{ name: "c", image: "i" }] } } },
  status: {},
};

const statuses = fc.record(
  {
    replicas: fc.nat(3),
    readyReplicas: fc.nat(3),
    conditions: fc.uniqueArray(
      fc.record({ type: fc.constantFrom("Available", "Progressing"), status: fc.constantFrom("True", "False") }),
      { selector: ({ type }) => type, maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const writes = fc.array(fc.record({ manager: fc.constantFrom("hanse", "other"), status: statuses }), { maxLength: 6 });

test("a status is tracked as any update of it is", () => {
  fc.assert(
    fc.property(writes, fc.boolean(), (all, managed) => {
      const write = { schema, apiVersion: "apps/v1" };
      const managedFields = managed
        ? trackUpdate({ ...write, next: created, manager: "kubectl", now: "2026-01-01T00:00:00Z" })
        : undefined;
      let old: KubeObject = { ...created, metadata: { ...created.metadata, managedFields } };
      for (const [second, { manager, status }] of all.entries()) {
        const change = { ...write, old, next: { ...old, status }, manager, now: `2026-01-01T00:00:0${second + 1}Z` };
        const tracked = trackStatus(change);
        expect(tracked).toEqual(trackUpdate({ ...change, subresource: "status" }));
        old = { ...change.next, metadata: { ...old.metadata, managedFields: tracked } };
      }
    }),
  );
});

test("an entry says who wrote the status, and nobody else keeps what it changed", () => {
  const managedFields = trackUpdate({
    schema,
    apiVersion: "apps/v1",
    next: created,
    manager: "kubectl",
    now: "2026-01-01T00:00:00Z",
  });
  const old: KubeObject = { ...created, metadata: { ...created.metadata, managedFields }, status: undefined };
  const entries = trackStatus({
    schema,
    old,
    next: { ...old, status: { replicas: 1 } },
    manager: "hanse",
    apiVersion: "apps/v1",
    now: "2026-01-01T00:00:01Z",
  });
  expect(entries?.[0]).toBe(managedFields?.[0]);
  expect(entries?.[1]).toEqual({
    manager: "hanse",
    operation: "Update",
    apiVersion: "apps/v1",
    time: "2026-01-01T00:00:01Z",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:status": { "f:replicas": {} } },
    subresource: "status",
  });
});
