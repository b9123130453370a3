import { describe, expect, it, test } from "vitest";
import type { JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { compare } from "./compare.ts";
import { toFieldsV1 } from "./fieldset.ts";
import { merge } from "./merge.ts";
import { fieldSetOf } from "./toset.ts";

const item: Schema = {
  type: "object",
  properties: new Map<string, Schema>([
    ["name", { type: "string" }],
    ["proto", { type: "string", default: "TCP" }],
    ["n", { type: "integer" }],
  ]),
  required: ["name"],
};
const schema: Schema = {
  type: "object",
  properties: new Map<string, Schema>([
    ["n", { type: "integer" }],
    ["atomic", { type: "array", items: { type: "string" } }],
    ["set", { type: "array", items: { type: "string" }, listType: "set" }],
    ["items", { type: "array", items: item, listType: "map", listKeys: ["proto", "name"] }],
    ["labels", { type: "object", additional: { type: "string" } }],
    ["selector", { type: "object", additional: { type: "string" }, atomicMap: true }],
    ["struct", item],
    ["free", {}],
    ["raw", { format: "raw", name: "io.k8s.apimachinery.pkg.runtime.RawExtension" }],
  ]),
};
const K = 'k:{"name":"a","proto":"TCP"}';

describe("the field set of a value", () => {
  const CASES: [JsonValue, JsonValue][] = [
    [{ n: 1 }, { "f:n": {} }],
    [{ n: null }, { "f:n": {} }],
    [{ atomic: ["x"] }, { "f:atomic": {} }],
    [{ atomic: [] }, { "f:atomic": {} }],
    [{ set: ["x", "y"] }, { "f:set": { 'v:"x"': {}, 'v:"y"': {} } }],
    [{ set: [] }, {}],
    [{ items: [{ name: "a", n: 1 }] }, { "f:items": { [K]: { ".": {}, "f:n": {}, "f:name": {} } } }],
    [
      {
        items: [
          { name: "a", n: 1 },
          { name: "a", n: 2 },
        ],
      },
      { "f:items": { [K]: {} } },
    ],
    [{ labels: { x: "1" } }, { "f:labels": { "f:x": {} } }],
    [{ labels: {} }, { "f:labels": {} }],
    [{ selector: { x: "1" } }, { "f:selector": {} }],
    [{ struct: { n: 1 } }, { "f:struct": { "f:n": {} } }],
    [{ free: { a: { b: [1] } } }, { "f:free": { "f:a": { ".": {}, "f:b": {} } } }],
    [{ raw: { a: 1 } }, { "f:raw": {} }],
  ];
  test.each(CASES)("%j", (value, expected) => {
    expect(toFieldsV1(fieldSetOf(value, schema))).toEqual(expected);
  });
});

describe("what changed", () => {
  const A = { ".": {}, "f:n": {}, "f:name": {} };
  const CASES: [string, JsonValue, JsonValue, { added?: JsonValue; modified?: JsonValue; removed?: JsonValue }][] = [
    ["nothing", { n: 1, free: { a: [1] } }, { free: { a: [1] }, n: 1 }, {}],
    ["a scalar", { n: 1 }, { n: 2 }, { modified: { "f:n": {} } }],
    ["an atomic list", { atomic: ["x", "y"] }, { atomic: ["y", "x"] }, { modified: { "f:atomic": {} } }],
    ["a set's order is none", { set: ["x", "y"] }, { set: ["y", "x"] }, {}],
    [
      "a set",
      { set: ["x"] },
      { set: ["y"] },
      { added: { "f:set": { 'v:"y"': {} } }, removed: { "f:set": { 'v:"x"': {} } } },
    ],
    [
      "an item comes with all in it",
      {},
      { items: [{ name: "a", n: 1 }] },
      { added: { "f:items": { ".": {}, [K]: A } } },
    ],
    [
      "an item goes with all in it",
      { items: [{ name: "a", n: 1 }, { name: "b" }] },
      { items: [{ name: "b" }] },
      { removed: { "f:items": { [K]: A } } },
    ],
    [
      "the default of a key",
      { items: [{ name: "a" }] },
      { items: [{ name: "a", proto: "TCP" }] },
      { added: { "f:items": { [K]: { "f:proto": {} } } } },
    ],
    ["an atomic map", { selector: { a: "1" } }, { selector: { b: "1" } }, { modified: { "f:selector": {} } }],
    ["a map emptied", { labels: { a: "1" } }, { labels: {} }, { removed: { "f:labels": { "f:a": {} } } }],
    ["null and empty differ", { labels: null }, { labels: {} }, { modified: { "f:labels": {} } }],
    [
      "an item twice now",
      { items: [{ name: "a", n: 1 }] },
      { items: [{ name: "a" }, { name: "a" }] },
      { added: { "f:items": { [K]: {} } }, removed: { "f:items": { [K]: A } } },
    ],
    [
      "once again",
      { items: [{ name: "a" }, { name: "a" }] },
      { items: [{ name: "a", n: 1 }] },
      { added: { "f:items": { [K]: A } }, removed: { "f:items": { [K]: {} } } },
    ],
    [
      "still twice, changed",
      { items: [{ name: "a" }, { name: "a" }] },
      { items: [{ name: "a" }, { name: "a", n: 1 }] },
      { modified: { "f:items": { [K]: {} } } },
    ],
    [
      "an undescribed map becomes a scalar",
      { free: { a: 1 } },
      { free: 1 },
      { modified: { "f:free": {} }, removed: { "f:free": { "f:a": {} } } },
    ],
  ];
  test.each(CASES)("%s", (_, before, after, { added = {}, modified = {}, removed = {} }) => {
    const found = compare(before, after, schema);
    expect({
      added: toFieldsV1(found.added),
      modified: toFieldsV1(found.modified),
      removed: toFieldsV1(found.removed),
    }).toEqual({ added, modified, removed });
  });
});

describe("merging a configuration", () => {
  const names = (text: string): JsonValue => ({ set: [...text] });
  const ORDERS: [string, string, string][] = [
    ["abc", "bc", "abc"],
    ["abc", "cb", "acb"],
    ["abc", "d", "abcd"],
    ["abc", "db", "adbc"],
    ["abc", "bd", "abcd"],
    ["abcd", "da", "bcda"],
    ["", "ba", "ba"],
    ["aab", "a", "ab"],
  ];
  test.each(ORDERS)("%s with %s is %s", (live, config, merged) => {
    expect(merge(names(live), names(config), schema)).toEqual(names(merged));
  });

  it("returns the live value itself when nothing changes", () => {
    const live = { n: 1, items: [{ name: "a", proto: "TCP", n: 1 }], labels: { a: "1", b: "2" }, free: { x: [1] } };
    expect(merge(live, { items: [{ name: "a", n: 1 }], labels: { a: "1" }, free: { x: [1] } }, schema)).toBe(live);
  });
});
