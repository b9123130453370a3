import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, equalJson } from "./canonical.ts";

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, undefined, true, false, 0, 1, "", "a", "b"),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "toString", "__proto__"), tie("any"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).any;

test("the text is JSON with sorted keys and without what is undefined", () => {
  expect(canonicalJson({ b: [1, undefined, { d: null, c: undefined }], a: "x", e: {} })).toBe(
    '{"a":"x","b":[1,null,{"d":null}],"e":{}}',
  );
  expect([canonicalJson([]), canonicalJson({}), canonicalJson([[], ""])]).toEqual(["[]", "{}", '[[],""]']);
});

test("equal are those whose texts are equal", () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(equalJson(a, b)).toBe(canonicalJson(a ?? null) === canonicalJson(b ?? null));
      expect(equalJson(a, structuredClone(a))).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test("a key's place says nothing, an absent one is no null", () => {
  expect(equalJson({ a: 1, b: { c: [2] } }, { b: { c: [2] }, a: 1 })).toBe(true);
  expect(equalJson({ a: null }, {})).toBe(false);
  expect(equalJson({ a: undefined }, {})).toBe(true);
  expect(equalJson([undefined], [null])).toBe(true);
});
