import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schemaOf } from "../../../kinds/facts/schema.ts";
import type { JsonObject, JsonValue, KubeObject } from "../../../kinds/object.ts";
import { chance, SUBJECTS } from "../testing/operations.ts";
import { type Apply, applyServerSide } from "./apply.ts";
import { conflictMessage } from "./conflict.ts";
import { trackUpdate } from "./update.ts";

const T1 = "2026-01-01T00:00:01Z";
const T2 = "2026-01-01T00:00:02Z";
const schema = schemaOf("io.k8s.api.apps.v1.Deployment");
const common = { schema, apiVersion: "apps/v1", reset: [["status"]], force: false, now: T1 };

const nothing: KubeObject = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
const config = (spec: JsonObject, metadata: JsonObject = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", ...metadata },
  spec,
});
const pod = (spec: JsonObject): JsonObject => ({ template: { spec } });
const containers = (...list: JsonValue[]): KubeObject => config(pod({ containers: list }));

/** The object after an apply that must succeed. */
function apply(
  live: KubeObject | undefined,
  wanted: KubeObject,
  manager: string,
  over: Partial<Apply> = {},
): KubeObject {
  const result = applyServerSide({ ...common, live, config: wanted, manager, ...over });
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.object;
}

function owner(object: KubeObject, manager: string): unknown {
  return object.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;
}

describe("applyServerSide", () => {
  it("creates, owned as configured", () => {
    const result = applyServerSide({
      ...common,
      config: config(
        { replicas: 2, ...pod({ containers: [{ name: "c", ports: [{ containerPort: 80 }] }] }) },
        { labels: { a: "1" } },
      ),
      manager: "m",
    });
    expect(result).toMatchObject({ ok: true, created: true });
    expect(result.ok && result.object.metadata.managedFields).toEqual([
      {
        manager: "m",
        operation: "Apply",
        apiVersion: "apps/v1",
        time: T1,
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:metadata": { "f:labels": { "f:a": {} } },
          "f:spec": {
            "f:replicas": {},
            "f:template": {
              "f:spec": {
                "f:containers": {
                  'k:{"name":"c"}': {
                    ".": {},
                    "f:name": {},
                    "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
                  },
                },
              },
            },
          },
        },
      },
    ]);
  });

  it("removes what it applied before and leaves out now, and nothing else", () => {
    const first = apply(
      undefined,
      config({ replicas: 2, minReadySeconds: 5 }, { labels: { a: "1", b: "2" }, finalizers: ["e.io/a", "e.io/b"] }),
      "m",
    );
    const live = {
      ...first,
      spec: { ...first.spec, paused: true },
      metadata: { ...first.metadata, uid: "u", annotations: { x: "1" } },
    };
    const second = apply(live, config({ replicas: 2 }, { labels: { b: "2" }, finalizers: ["e.io/b"] }), "m", {
      now: T2,
    });
    expect(second.spec).toEqual({ replicas: 2, paused: true });
    expect(second.metadata).toMatchObject({
      uid: "u",
      labels: { b: "2" },
      annotations: { x: "1" },
      finalizers: ["e.io/b"],
    });
    expect(second.metadata.managedFields?.[0]?.time).toBe(T2);
  });

  it("does not remove what another also owns", () => {
    const first = apply(undefined, config({ minReadySeconds: 5 }), "a");
    const shared = apply(first, config({ minReadySeconds: 5 }), "b");
    const left = apply(shared, nothing, "a");
    expect(left.spec.minReadySeconds).toBe(5);
    expect(owner(left, "a")).toBeUndefined();
    expect(apply(left, nothing, "b").spec?.minReadySeconds).toBeUndefined();
  });

  it("removes a list item, but not while another owns something in it", () => {
    const first = apply(undefined, containers({ name: "a", image: "x" }, { name: "b", image: "x" }), "m");
    expect(apply(first, containers({ name: "a", image: "x" }), "m").spec.template.spec.containers).toEqual([
      { name: "a", image: "x" },
    ]);
    const shared = apply(first, containers({ name: "b", tty: true }), "other");
    expect(apply(shared, containers({ name: "a", image: "x" }), "m").spec.template.spec.containers).toEqual([
      { name: "a", image: "x" },
      { name: "b", tty: true },
    ]);
  });

  it("conflicts on another value of a field others own; force takes it", () => {
    const live = apply(undefined, config({ replicas: 2 }), "a");
    const refused = applyServerSide({ ...common, live, config: config({ replicas: 3 }), manager: "b" });
    expect(refused).toEqual({
      ok: false,
      conflicts: [
        {
          manager: "a",
          operation: "Apply",
          apiVersion: "apps/v1",
          subresource: undefined,
          time: T1,
          field: ".spec.replicas",
        },
      ],
    });
    const forced = apply(live, config({ replicas: 3 }), "b", { force: true });
    expect(forced.spec.replicas).toBe(3);
    expect(owner(forced, "a")).toBeUndefined();
  });

  it("shares a field of the same value", () => {
    const live = apply(undefined, config({ replicas: 2 }), "a");
    const both = apply(live, config({ replicas: 2 }), "b");
    expect(owner(both, "a")).toEqual(owner(both, "b"));
  });

  it("a forced configuration and a drifted field: the drifter loses it", () => {
    const live = apply(undefined, config({ replicas: 2 }), "agent", { force: true });
    const drifted: KubeObject = { ...live, spec: { replicas: 9 } };
    drifted.metadata = {
      ...live.metadata,
      managedFields: trackUpdate({ ...common, old: live, next: drifted, manager: "somebody" }),
    };
    expect(owner(drifted, "agent")).toBeUndefined();
    const healed = apply(drifted, config({ replicas: 2 }), "agent", { force: true });
    expect(healed.spec.replicas).toBe(2);
    expect(healed.metadata.managedFields).toEqual(live.metadata.managedFields);
  });

  it("never owns status on the main resource, and only status under it", () => {
    const wanted: KubeObject = { ...config({ replicas: 1 }), status: { replicas: 3 } };
    expect(owner(apply(undefined, wanted, "m"), "m")).toEqual({ "f:spec": { "f:replicas": {} } });
    const live = apply(undefined, config({ replicas: 1 }), "m");
    const status = apply(live, wanted, "ctl", { subresource: "status", reset: [["spec"]] });
    expect(owner(status, "ctl")).toEqual({ "f:status": { "f:replicas": {} } });
  });

  it("an object nobody managed belongs to before-first-apply", () => {
    const live = config({ replicas: 1, paused: true });
    const applied = apply(live, config({ paused: true }), "m");
    expect(owner(applied, "before-first-apply")).toMatchObject({ "f:spec": { "f:replicas": {}, "f:paused": {} } });
    expect(applyServerSide({ ...common, live, config: config({ paused: false }), manager: "m" })).toMatchObject({
      ok: false,
      conflicts: [{ manager: "before-first-apply" }],
    });
  });

  it("nulls: owned, not stored", () => {
    const live = apply(undefined, config({ replicas: 1 }), "a");
    const applied = apply(live, config({ minReadySeconds: null, ...pod({ containers: null }) }), "b");
    expect(applied.spec).toEqual({ replicas: 1, template: { spec: {} } });
    expect(owner(applied, "b")).toMatchObject({ "f:spec": { "f:minReadySeconds": {} } });
  });

  it("a struct field that loses its last owned field stays, empty; a pointer goes", () => {
    const first = apply(
      undefined,
      containers({ name: "c", image: "x", resources: { limits: { cpu: "1" } }, securityContext: { runAsUser: 1 } }),
      "a",
    );
    const live = structuredClone(first);
    live.metadata.managedFields!.push({
      manager: "z",
      operation: "Update",
      apiVersion: "apps/v1",
      time: T1,
      fieldsType: "FieldsV1",
      fieldsV1: {
        "f:spec": {
          "f:template": {
            "f:spec": { "f:containers": { 'k:{"name":"c"}': { "f:resources": {}, "f:securityContext": {} } } },
          },
        },
      },
    });
    expect(apply(live, containers({ name: "c", image: "x" }), "a").spec.template.spec.containers).toEqual([
      { name: "c", image: "x", resources: {} },
    ]);
  });

  it("a new applier of values that stand changes nothing but the owners, and has no time", () => {
    const live = apply(undefined, config({ replicas: 2, paused: true }), "a");
    const both = apply(live, config({ paused: true }), "b", { now: T2 });
    expect(both.metadata.managedFields?.map(({ manager, time }) => [manager, time])).toEqual([
      ["b", undefined],
      ["a", T1],
    ]);
    expect(both.spec).toBe(live.spec);
  });

  it("keeps metadata first and the live object as it was", () => {
    const live = apply(undefined, config({ replicas: 1 }), "a");
    const before = JSON.stringify(live);
    expect(Object.keys(apply(live, config({ replicas: 2 }), "a")).slice(0, 3)).toEqual([
      "apiVersion",
      "kind",
      "metadata",
    ]);
    expect(JSON.stringify(live)).toBe(before);
  });

  it("refuses what does not fit the schema, in upstream's words", () => {
    const refusal = (wanted: KubeObject): unknown => applyServerSide({ ...common, config: wanted, manager: "m" });
    const prefix = "failed to create typed patch object (/web; apps/v1, Kind=Deployment): ";
    expect(refusal(config({ foo: 1 }))).toEqual({
      ok: false,
      code: 500,
      message: `${prefix}.spec.foo: field not declared in schema`,
    });
    expect(refusal(config({ replicas: "x" }))).toEqual({
      ok: false,
      code: 500,
      message: `${prefix}.spec.replicas: expected numeric (int or float), got string`,
    });
    expect(refusal(containers({ name: "c" }, { name: "c" }))).toEqual({
      ok: false,
      code: 500,
      message: `${prefix}.spec.template.spec.containers: duplicate entries for key [name="c"]`,
    });
    expect(refusal(config({}, { managedFields: [] }))).toEqual({
      ok: false,
      code: 400,
      message: "metadata.managedFields must be nil",
    });
    expect(refusal({ ...config({}), apiVersion: "v1" })).toEqual({
      ok: false,
      code: 400,
      message: "invalid object type: /v1, Kind=Deployment",
    });
  });
});

describe("conflictMessage", () => {
  const conflict = (manager: string, field: string, over: object = {}) => ({
    manager,
    operation: "Update" as const,
    apiVersion: "apps/v1",
    field,
    ...over,
  });
  it("one, several, subresources", () => {
    expect(conflictMessage([conflict("m", ".spec.replicas")]).message).toBe(
      'Apply failed with 1 conflict: conflict with "m" using apps/v1: .spec.replicas',
    );
    expect(conflictMessage([conflict("m", ".a", { operation: "Apply" })]).causes).toEqual([
      { reason: "FieldManagerConflict", message: 'conflict with "m"', field: ".a" },
    ]);
    expect(
      conflictMessage([conflict("m", ".a"), conflict("m", ".b"), conflict("n", ".c", { subresource: "status" })])
        .message,
    ).toBe(
      'Apply failed with 3 conflicts: conflicts with "m" using apps/v1:\n- .a\n- .b\nconflicts with "n" with subresource "status" using apps/v1:\n- .c',
    );
  });
});

describe("laws of apply", () => {
  const seeds = fc.tuple(fc.constantFrom(...SUBJECTS), fc.integer({ min: 1 }), fc.integer({ min: 1 }));
  const context = (subject: (typeof SUBJECTS)[number]) => ({
    schema: schemaOf(subject.definition),
    apiVersion: subject.apiVersion,
    reset: subject.reset,
    now: T1,
  });
  const partial = (subject: (typeof SUBJECTS)[number], seed: number): KubeObject => {
    const { apiVersion, kind } = subject;
    const { metadata, ...rest } = subject.partial(chance(seed));
    return { apiVersion, kind, metadata: { name: "x", ...(metadata as JsonObject) }, ...rest } as KubeObject;
  };
  const base = (subject: (typeof SUBJECTS)[number]): KubeObject => {
    const object = {
      ...subject.base(),
      metadata: { name: "x", ...(subject.base().metadata as JsonObject) },
    } as unknown as KubeObject;
    object.metadata.managedFields = trackUpdate({ ...context(subject), next: object, manager: "creator" });
    return object;
  };
  const clone = (object: KubeObject): KubeObject => structuredClone(object);

  it("applying twice changes nothing, times included", () => {
    fc.assert(
      fc.property(seeds, ([subject, one]) => {
        const once = apply(base(subject), partial(subject, one), "a", { ...context(subject), force: true });
        expect(apply(clone(once), partial(subject, one), "a", { ...context(subject), now: T2 })).toEqual(once);
        expect(apply(once, partial(subject, one), "a", { ...context(subject), now: T2 })).toBe(once);
      }),
    );
  });

  it("two appliers without conflict may come in either order", () => {
    fc.assert(
      fc.property(seeds, ([subject, one, two]) => {
        const [a, b] = [partial(subject, one), partial(subject, two)];
        const run = (first: KubeObject, second: KubeObject, names: [string, string]): KubeObject | undefined => {
          const start = applyServerSide({
            ...context(subject),
            live: base(subject),
            config: first,
            manager: names[0],
            force: false,
          });
          if (!start.ok) return undefined;
          const end = applyServerSide({
            ...context(subject),
            live: start.object,
            config: second,
            manager: names[1],
            force: false,
          });
          return end.ok ? end.object : undefined;
        };
        const [ab, ba] = [run(a, b, ["a", "b"]), run(b, a, ["b", "a"])];
        fc.pre(ab !== undefined && ba !== undefined);
        expect(unordered(ab)).toEqual(unordered(ba));
      }),
    );
  });

  it("an applier that leaves takes with it what it alone had brought", () => {
    fc.assert(
      fc.property(seeds, ([subject, one]) => {
        const live = base(subject);
        const result = applyServerSide({
          ...context(subject),
          live,
          config: partial(subject, one),
          manager: "a",
          force: false,
        });
        fc.pre(result.ok);
        const { apiVersion, kind } = subject;
        const gone = apply(result.ok ? result.object : live, { apiVersion, kind, metadata: { name: "x" } }, "a", {
          ...context(subject),
        });
        // The order of lists may stay as the applier had it.
        expect(unordered(bare(gone))).toEqual(unordered(bare(live)));
        expect(gone.metadata.managedFields).toEqual(live.metadata.managedFields);
      }),
    );
  });
});

/** Lists as sets, empty containers as absent: the order of two appliers may show in these. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== "time")
    .map(([key, inner]) => [key, unordered(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Content without owners, empty containers as absent: a removed field may leave its empty parent behind. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== "managedFields")
    .map(([key, inner]) => [key, bare(inner)] as const);
  return Object.fromEntries(
    entries.filter(([, inner]) => typeof inner !== "object" || inner === null || Object.keys(inner).length > 0),
  );
}
