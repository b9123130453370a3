import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { JsonObject } from "../../../kinds/object.ts";
import {
  difference,
  EMPTY,
  equals,
  type FieldSet,
  fieldSet,
  fromFieldsV1,
  has,
  intersection,
  isEmpty,
  isSubset,
  leaves,
  printedPaths,
  recursiveDifference,
  toFieldsV1,
  union,
} from "./fieldset.ts";

const set = (...paths: string[]): FieldSet => fieldSet(paths.map((path) => path.split(" ")));

const element = fc.constantFrom("f:a", "f:b", "f:c", 'k:{"name":"x"}', 'k:{"name":"y"}', 'v:"p"', "v:3");
const anySet = fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 }).map(fieldSet);

describe("FieldsV1", () => {
  const CASES: [string, FieldSet, JsonObject][] = [
    ["nothing", EMPTY, {}],
    ["a leaf", set("f:a"), { "f:a": {} }],
    ["a path is not its parents", set("f:a f:b"), { "f:a": { "f:b": {} } }],
    ["a parent and its child", set("f:a", "f:a f:b"), { "f:a": { ".": {}, "f:b": {} } }],
    [
      "sorted: fields, keys by value, set items",
      set('v:"b"', 'k:{"port":8080}', 'k:{"port":443}', "f:b", "f:a"),
      { "f:a": {}, "f:b": {}, 'k:{"port":443}': {}, 'k:{"port":8080}': {}, 'v:"b"': {} },
    ],
  ];
  test.each(CASES)("%s", (_, fields, json) => {
    expect(JSON.stringify(toFieldsV1(fields))).toBe(JSON.stringify(json));
    expect(equals(fromFieldsV1(json)!, fields)).toBe(true);
  });

  it("reads what others spell differently", () => {
    const read = fromFieldsV1({ 'k:{"b": 1, "a":"<"}': {}, "x:unknown": {}, "i:3": {} });
    expect(toFieldsV1(read!)).toEqual({ 'k:{"a":"\\u003c","b":1}': {}, "i:3": {} });
  });

  test.each([[null], ["x"], [[]], [{ "f:a": 1 }]])("%j is none", (json) => {
    expect(fromFieldsV1(json as never)).toBeUndefined();
  });

  it("survives the round trip", () => {
    fc.assert(fc.property(anySet, (a) => equals(fromFieldsV1(toFieldsV1(a))!, a)));
  });

  it("prints members level by level", () => {
    expect(
      printedPaths(
        set(
          "f:spec f:replicas",
          'f:spec f:containers k:{"name":"c"} f:image',
          "f:spec",
          'f:finalizers v:"x"',
          "f:list i:3",
        ),
      ),
    ).toEqual([".spec", '.finalizers[="x"]', ".list[3]", ".spec.replicas", '.spec.containers[name="c"].image']);
  });
});

describe("sets of paths", () => {
  it("a parent says nothing about its child", () => {
    const [parent, child] = [set("f:a"), set("f:a f:b")];
    expect(equals(difference(parent, child), parent)).toBe(true);
    expect(equals(difference(child, parent), child)).toBe(true);
    expect(isEmpty(recursiveDifference(child, parent))).toBe(true);
    expect(isEmpty(intersection(parent, child))).toBe(true);
    expect(has(parent, ["f:a"])).toBe(true);
    expect(has(child, ["f:a"])).toBe(false);
    expect(toFieldsV1(leaves(union(parent, child)))).toEqual({ "f:a": { "f:b": {} } });
  });

  it("obeys the laws of sets", () => {
    fc.assert(
      fc.property(anySet, anySet, anySet, (a, b, c) => {
        expect(equals(union(a, b), union(b, a))).toBe(true);
        expect(equals(union(a, union(b, c)), union(union(a, b), c))).toBe(true);
        expect(equals(intersection(a, b), intersection(b, a))).toBe(true);
        expect(equals(union(difference(a, b), intersection(a, b)), a)).toBe(true);
        expect(isEmpty(intersection(difference(a, b), b))).toBe(true);
        expect(isSubset(intersection(a, b), a) && isSubset(a, union(a, b))).toBe(true);
        expect(isSubset(recursiveDifference(a, b), difference(a, b))).toBe(true);
        expect(equals(a, b)).toBe(isSubset(a, b) && isSubset(b, a));
      }),
    );
  });

  it("returns its operand by reference where nothing changes", () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        expect(union(a, intersection(a, b))).toBe(a);
        expect(difference(a, difference(b, a))).toBe(a);
      }),
    );
  });
});
