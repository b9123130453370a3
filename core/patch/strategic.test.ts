import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { JsonObject } from "../../kinds/object.ts";
import { schemaOf } from "../../kinds/facts/schema.ts";
import { applyStrategicPatch } from "./strategic.ts";

const schema = schemaOf("io.k8s.api.core.v1.Pod");

const pod = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata,
  spec,
});
const named = (...names: string[]): JsonObject[] => names.map((name) => ({ name, image: `${name}:1` }));

/** [what, live spec, patched spec, expected spec] */
const SPECS: [string, JsonObject, JsonObject, JsonObject][] = [
  ["null deletes", { nodeName: "a", hostname: "h" }, { nodeName: null }, { hostname: "h" }],
  ["null deletes what is not there", { hostname: "h" }, { nodeName: null }, { hostname: "h" }],
  ["maps merge", { nodeSelector: { a: "1" } }, { nodeSelector: { b: "2" } }, { nodeSelector: { a: "1", b: "2" } }],
  ["a new map loses its nulls", {}, { nodeSelector: { a: null, b: "2" } }, { nodeSelector: { b: "2" } }],
  [
    "$patch replace in a map",
    { nodeSelector: { a: "1" } },
    { nodeSelector: { $patch: "replace", b: "2" } },
    { nodeSelector: { b: "2" } },
  ],
  [
    "$patch delete in a map",
    { nodeSelector: { a: "1" } },
    { nodeSelector: { $patch: "delete" } },
    { nodeSelector: {} },
  ],
  [
    "lists without a strategy are replaced",
    { tolerations: [{ key: "a" }] },
    { tolerations: [{ key: "b" }] },
    { tolerations: [{ key: "b" }] },
  ],
  [
    "items merge by key",
    { containers: named("a", "b") },
    { containers: [{ name: "b", image: "x" }] },
    {
      containers: [
        { name: "a", image: "a:1" },
        { name: "b", image: "x" },
      ],
    },
  ],
  ["a new item goes in front", { containers: named("a") }, { containers: named("b") }, { containers: named("b", "a") }],
  [
    "the patch's order holds for what it names",
    { containers: named("a", "b", "c") },
    { containers: named("c", "a") },
    { containers: named("b", "c", "a") },
  ],
  [
    "$setElementOrder",
    { containers: named("a", "b", "c") },
    { "$setElementOrder/containers": [{ name: "c" }, { name: "b" }, { name: "a" }] },
    { containers: named("c", "b", "a") },
  ],
  [
    "$setElementOrder keeps what only the server has",
    { containers: named("a", "s", "b") },
    { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }], containers: named("b") },
    { containers: named("s", "b", "a") },
  ],
  [
    "$patch delete in a list",
    { containers: named("a", "b") },
    { containers: [{ $patch: "delete", name: "a" }] },
    { containers: named("b") },
  ],
  [
    "$patch delete of what is not there",
    { containers: named("a") },
    { containers: [{ $patch: "delete", name: "z" }] },
    { containers: named("a") },
  ],
  [
    "$patch delete with an order",
    { containers: named("a", "b", "c") },
    { "$setElementOrder/containers": [{ name: "c" }, { name: "a" }], containers: [{ $patch: "delete", name: "b" }] },
    { containers: named("c", "a") },
  ],
  [
    "$patch replace in a list",
    { containers: named("a", "b") },
    { containers: [...named("c"), { $patch: "replace" }] },
    { containers: named("c") },
  ],
  [
    "a directive in a new list vanishes",
    {},
    { containers: [...named("a"), { $patch: "delete", name: "b" }] },
    { containers: named("a") },
  ],
  [
    "$retainKeys",
    { volumes: [{ name: "v", emptyDir: {} }] },
    { volumes: [{ name: "v", $retainKeys: ["name", "secret"], secret: { secretName: "s" } }] },
    { volumes: [{ name: "v", secret: { secretName: "s" } }] },
  ],
  [
    "nested lists merge",
    { containers: [{ name: "a", env: [{ name: "X", value: "1" }] }] },
    { containers: [{ name: "a", env: [{ name: "Y", value: "2" }] }] },
    {
      containers: [
        {
          name: "a",
          env: [
            { name: "Y", value: "2" },
            { name: "X", value: "1" },
          ],
        },
      ],
    },
  ],
  ["another type replaces", { nodeSelector: { a: "1" } }, { nodeSelector: "x" }, { nodeSelector: "x" }],
];

const REFUSED: [string, JsonObject, number, RegExp][] = [
  [
    "an item without its key",
    { containers: [{ image: "x" }] },
    500,
    /^map: map\[image:x\] does not contain declared merge key: name$/,
  ],
  [
    "an unknown directive",
    { nodeSelector: { $patch: "frob" } },
    500,
    /^unknown patch type: frob in map: map\[\$patch:frob\]$/,
  ],
  ["merge spelled out in a list", { containers: [{ $patch: "merge", name: "a" }] }, 500, /cannot yet be specified/],
  ["mixed items", { containers: ["x"] }, 500, /^list element types are not identical/],
  ["$retainKeys that misses a field", { nodeSelector: { $retainKeys: [], a: "1" } }, 400, /retainKeys$/],
  [
    "an order that misses an item",
    { "$setElementOrder/containers": [{ name: "z" }], containers: [{ name: "a" }] },
    500,
    /doesn't match \$setElementOrder list/,
  ],
];

describe("strategic merge patch", () => {
  test.each(SPECS)("%s", (_, live, patch, expected) => {
    const before = JSON.stringify([live, patch]);
    expect(applyStrategicPatch(pod(live), { spec: patch }, schema)).toEqual({ ok: true, object: pod(expected) });
    expect(JSON.stringify([live, patch])).toBe(before);
  });

  test.each(REFUSED)("refused: %s", (_, patch, code, message) => {
    const result = applyStrategicPatch(
      pod({ containers: named("a"), nodeSelector: { a: "1" } }),
      { spec: patch },
      schema,
    );
    expect(result).toMatchObject({ ok: false, code, message: expect.stringMatching(message) as string });
  });

  it("lists of scalars are sets, shrunk by $deleteFromPrimitiveList", () => {
    const live = pod({}, { finalizers: ["a", "b"] });
    const merged = (metadata: JsonObject): unknown => {
      const result = applyStrategicPatch(live, { metadata }, schema);
      return result.ok && (result.object.metadata as JsonObject).finalizers;
    };
    expect(merged({ finalizers: ["b", "c"] })).toEqual(["a", "b", "c"]);
    expect(merged({ "$deleteFromPrimitiveList/finalizers": ["a"] })).toEqual(["b"]);
    expect(merged({ "$setElementOrder/finalizers": ["c", "b"], finalizers: ["c"] })).toEqual(["c", "a", "b"]);
  });

  it("patching with parts of the object itself changes nothing", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const containers = fc.uniqueArray(name, { minLength: 1 }).map((names) => named(...names));
    fc.assert(
      fc.property(containers, fc.func(fc.boolean()), (list, chosen) => {
        const live = pod({ containers: list, hostname: "h" });
        const part = list.filter((item) => chosen(item));
        expect(applyStrategicPatch(live, { spec: { containers: part } }, schema)).toEqual({ ok: true, object: live });
      }),
    );
  });

  it("server-only items keep their relative order, patched ones take the patch's", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const lists = fc.tuple(fc.uniqueArray(name), fc.uniqueArray(name, { minLength: 1 }));
    fc.assert(
      fc.property(lists, ([live, patch]: [string[], string[]]) => {
        const result = applyStrategicPatch(
          pod({ containers: named(...live) }),
          { spec: { containers: named(...patch) } },
          schema,
        );
        const names = result.ok
          ? ((result.object.spec as JsonObject).containers as JsonObject[]).map((item) => item.name as string)
          : [];
        expect(names.filter((item) => patch.includes(item))).toEqual(patch);
        expect(names.filter((item) => !patch.includes(item))).toEqual(live.filter((item) => !patch.includes(item)));
      }),
    );
  });
});
