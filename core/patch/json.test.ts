import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { applyJsonPatch } from "./json.ts";
import { REJECTED } from "./result.ts";

const doc: JsonObject = { a: 1, list: ["x", "y"], map: { "k/e~y": true, n: null } };

const APPLIES: [string, JsonValue[], JsonValue][] = [
  ["add to a map", [{ op: "add", path: "/b", value: 2 }], { ...doc, b: 2 }],
  ["add over a member", [{ op: "add", path: "/a", value: 2 }], { ...doc, a: 2 }],
  ["add in front", [{ op: "add", path: "/list/0", value: "w" }], { ...doc, list: ["w", "x", "y"] }],
  ["add at the length", [{ op: "add", path: "/list/2", value: "z" }], { ...doc, list: ["x", "y", "z"] }],
  ["add at the end", [{ op: "add", path: "/list/-", value: "z" }], { ...doc, list: ["x", "y", "z"] }],
  ["add at -1 is at the end", [{ op: "add", path: "/list/-1", value: "z" }], { ...doc, list: ["x", "y", "z"] }],
  ["add without a value is null", [{ op: "add", path: "/b" }], { ...doc, b: null }],
  ["remove from a map", [{ op: "remove", path: "/a" }], { list: doc.list!, map: doc.map! }],
  ["remove from a list", [{ op: "remove", path: "/list/0" }], { ...doc, list: ["y"] }],
  ["remove the last", [{ op: "remove", path: "/list/-1" }], { ...doc, list: ["x"] }],
  ["replace", [{ op: "replace", path: "/list/1", value: "z" }], { ...doc, list: ["x", "z"] }],
  ["replace a missing member", [{ op: "replace", path: "/b", value: 1 }], { ...doc, b: 1 }],
  ["replace everything", [{ op: "replace", path: "", value: { z: 1 } }], { z: 1 }],
  ["escapes", [{ op: "replace", path: "/map/k~1e~0y", value: 1 }], { ...doc, map: { "k/e~y": 1, n: null } }],
  [
    "move",
    [{ op: "move", from: "/list/0", path: "/map/x" }],
    { ...doc, list: ["y"], map: { "k/e~y": true, n: null, x: "x" } },
  ],
  [
    "copy",
    [
      { op: "copy", from: "/map", path: "/b" },
      { op: "add", path: "/b/x", value: 1 },
    ],
    { ...doc, b: { "k/e~y": true, n: null, x: 1 } },
  ],
  ["test of a scalar", [{ op: "test", path: "/a", value: 1 }], doc],
  ["test ignores the order of members", [{ op: "test", path: "/map", value: { n: null, "k/e~y": true } }], doc],
  ["test of a missing member for null", [{ op: "test", path: "/b", value: null }], doc],
  ["test of everything", [{ op: "test", path: "", value: doc }], doc],
  ["own members only", [{ op: "test", path: "/constructor", value: null }], doc],
  [
    "a key named __proto__",
    [{ op: "add", path: "/__proto__", value: { x: 1 } }],
    JSON.parse('{"a":1,"list":["x","y"],"map":{"k/e~y":true,"n":null},"__proto__":{"x":1}}') as JsonValue,
  ],
  ["nothing", [], doc],
];

const REFUSED: [string, JsonValue[]][] = [
  ["remove of a missing member", [{ op: "remove", path: "/b" }]],
  ["remove past the end", [{ op: "remove", path: "/list/2" }]],
  ["add past the end", [{ op: "add", path: "/list/3", value: 1 }]],
  ["add before the beginning", [{ op: "add", path: "/list/-4", value: 1 }]],
  ["an index that is no number", [{ op: "add", path: "/list/x", value: 1 }]],
  ["a missing parent", [{ op: "add", path: "/b/c", value: 1 }]],
  ["a scalar parent", [{ op: "add", path: "/a/c", value: 1 }]],
  ["an inherited parent", [{ op: "add", path: "/constructor/x", value: 1 }]],
  ["a failing test", [{ op: "test", path: "/a", value: 2 }]],
  ["a test of another type", [{ op: "test", path: "/list", value: { 0: "x", 1: "y" } }]],
  ["no path", [{ op: "add", value: 1 }]],
  ["no from", [{ op: "move", path: "/b" }]],
  ["an empty path", [{ op: "remove", path: "" }]],
  ["an unknown op", [{ op: "frob", path: "/a" }]],
  ["null", [null]],
  ["a list instead of the document", [{ op: "replace", path: "", value: [] }]],
];

describe("JSON patch (RFC 6902 as evanphx/json-patch v4 has it)", () => {
  test.each(APPLIES)("%s", (_, patch, expected) => {
    expect(applyJsonPatch(doc, patch)).toEqual({ ok: true, object: expected });
  });

  test.each(REFUSED)("422: %s", (_, patch) => {
    expect(applyJsonPatch(doc, patch)).toMatchObject({ ok: false, code: 422, message: REJECTED });
  });

  it("400: no list, no operations, wrong types", () => {
    expect(applyJsonPatch(doc, { op: "add" })).toMatchObject({
      code: 400,
      message: "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    });
    expect(applyJsonPatch(doc, [true])).toMatchObject({
      code: 400,
      message: "error decoding patch: json: cannot unmarshal bool into Go value of type handlers.jsonPatchOp",
    });
    expect(applyJsonPatch(doc, [{ op: 1 }])).toMatchObject({
      code: 400,
      message: "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
    });
  });

  it("P11: at most 10,000 operations", () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/a", value: 1 }));
    expect(applyJsonPatch(doc, patch)).toMatchObject({ ok: false, code: 413 });
    expect(applyJsonPatch(doc, patch.slice(1)).ok).toBe(true);
  });

  it("P11: copies grow a document by 3 MiB at most", () => {
    const doubling = Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "/big", path: `/big/${i}` }));
    expect(applyJsonPatch({ big: { x: "x".repeat(1000) } }, doubling)).toMatchObject({ ok: false, code: 422 });
  });

  it("P11: no nesting deeper than a body may have", () => {
    const into = "/x".repeat(900);
    const add = Array.from({ length: 900 }, (_, i) => ({ op: "add", path: "/x".repeat(i + 1), value: {} }));
    const copies = Array.from({ length: 50 }, () => ({ op: "copy", from: "/x", path: `${into}/x` }));
    expect(applyJsonPatch({}, add).ok).toBe(true);
    expect(applyJsonPatch({}, [...add, ...copies.slice(0, 1)])).toMatchObject({ ok: false, code: 422 });
    expect(applyJsonPatch({}, [...add, ...copies])).toMatchObject({ ok: false, code: 422 });
  });

  it("never changes what it is given", () => {
    const key = fc.constantFrom("a", "b", "0", "1", "-", "-1");
    const path = fc.array(key, { maxLength: 3 }).map((parts) => parts.map((part) => `/${part}`).join(""));
    const tree = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 2 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 2, noNullPrototype: true }),
      ),
    })).tree;
    const operation = fc.record({
      op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test"),
      path,
      from: path,
      value: tree,
    });
    fc.assert(
      fc.property(
        fc.dictionary(key, tree, { noNullPrototype: true }),
        fc.array(operation, { maxLength: 4 }),
        (object, patch) => {
          const before = JSON.stringify([object, patch]);
          const first = applyJsonPatch(object, patch);
          expect(JSON.stringify([object, patch])).toBe(before);
          expect(applyJsonPatch(object, patch)).toEqual(first);
        },
      ),
    );
  });
});
