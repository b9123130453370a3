import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { applyMergePatch } from "./merge.ts";

// RFC 7386 appendix A, as far as document and patch are objects, then what evanphx/json-patch v4 adds.
const CASES: [JsonObject, JsonObject, JsonObject][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [{ a: null }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  [{}, { a: [null, { b: null, c: 1 }] }, { a: [null, { c: 1 }] }],
  [{ a: [1] }, { a: [{ b: null }] }, { a: [{}] }],
  [{ a: {} }, { a: [{ b: null }] }, { a: [{ b: null }] }],
  [{ data: { a: "1" } }, { data: { constructor: "2" } }, { data: { a: "1", constructor: "2" } }],
];

describe("JSON merge patch (RFC 7386)", () => {
  test.each(CASES)("%j + %j", (doc, patch, expected) => {
    const before = JSON.stringify([doc, patch]);
    expect(applyMergePatch(doc, patch)).toEqual(expected);
    expect(JSON.stringify([doc, patch])).toBe(before);
  });

  it("keeps a key named __proto__", () => {
    const patch = JSON.parse('{"data":{"__proto__":"x"}}') as JsonObject;
    expect(JSON.stringify(applyMergePatch({ data: { a: "1" } }, patch))).toBe('{"data":{"a":"1","__proto__":"x"}}');
  });

  it("twice is once", () => {
    const key = fc.constantFrom("a", "b", "c");
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.constant(null),
        fc.array(fc.integer(), { maxLength: 2 }),
        fc.dictionary(key, tie("tree"), { noNullPrototype: true }),
      ),
    }));
    const object = fc.dictionary(key, tree, { noNullPrototype: true });
    fc.assert(
      fc.property(object, object, (doc, patch) => {
        const once = applyMergePatch(doc, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});
