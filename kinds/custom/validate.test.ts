import { expect, test } from "vitest";
import type { JsonValue } from "../object.ts";
import type { JsonSchema } from "./jsonschema.ts";
import { validateLists } from "./lists.ts";
import { parseJsonPath } from "./jsonpath.ts";
import { goRegExp } from "./pattern.ts";
import { validateBySchema } from "./validate.ts";

const STRING: JsonSchema = { type: "string" };
const told = (schema: JsonSchema, value: JsonValue, old?: { value: JsonValue }): string[] =>
  validateBySchema(value, schema, "a", old).map(({ field, message }) => `${field}: ${message}`);

/** A few of each sort: the rest is compared with a real kube-apiserver (differential.real.test.ts). */
test.each<[JsonSchema, JsonValue, string[]]>([
  [STRING, "x", []],
  [STRING, 1, ['a: Invalid value: "integer":  in body must be of type string: "integer"']],
  [STRING, null, ['a: Invalid value: "null":  in body must be of type string: "null"']],
  [{ ...STRING, nullable: true }, null, []],
  [
    { type: "integer" },
    2.5,
    [
      'a: Invalid value: "number":  in body must be of type integer: "number"',
      'a: Invalid value: "": Checked value must be of type integer (default format) in ',
    ],
  ],
  [{ type: "number" }, 2, []],
  [
    { type: "integer", minimum: 3, exclusiveMinimum: true },
    3,
    ["a: Invalid value: 3:  in body should be greater than 3"],
  ],
  [{ ...STRING, enum: ["x", "y"] }, "z", ['a: Unsupported value: "z": supported values: "x", "y"']],
  [{ ...STRING, maxLength: 1 }, "👍", []],
  [{ ...STRING, maxLength: 2 }, "abc", ["a: Too long: may not be more than 2 bytes"]],
  [
    { ...STRING, format: "date" },
    "2023-02-29",
    ['a: Invalid value: "2023-02-29":  in body must be of type date: "2023-02-29"'],
  ],
  [{ type: "object", properties: { b: STRING }, required: ["b"] }, {}, ["a.b: Required value"]],
  [{ type: "array", items: STRING, maxItems: 1 }, ["x", "y"], ["a: Too many: 2: must have at most 1 item"]],
  [
    { "x-kubernetes-int-or-string": true },
    true,
    ['a: Invalid value: "boolean":  in body must be of type integer,string: "boolean"'],
  ],
  [{ ...STRING, not: { enum: ["x"] } }, "x", ['a: Invalid value: "": "" must not validate the schema (not)']],
])("%j of %j", (schema, value, expected) => expect(told(schema, value)).toEqual(expected));

test("of alternatives that all fail the nearest is told", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: { b: { type: "integer" }, c: STRING },
    anyOf: [{ required: ["d"] }, { properties: { b: { minimum: 2, multipleOf: 2 } }, required: ["c"] }],
  };
  expect(told(schema, { b: 3 })).toEqual([
    'a: Invalid value: "": "" must validate at least one schema (anyOf)',
    "a.b: Invalid value: 3: b in body should be a multiple of 2",
    "a.c: Required value",
  ]);
});

test("what has not changed is not judged again", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: { b: { ...STRING, maxLength: 1 }, c: { ...STRING, maxLength: 1 } },
  };
  const old = { value: { b: "long", c: "long" } };
  expect(told(schema, { b: "long", c: "long" }, old)).toEqual([]);
  expect(told(schema, { b: "long", c: "longer" }, old)).toEqual(["a.c: Too long: may not be more than 1 byte"]);
});

test.each<[string, JsonSchema, JsonValue, string[]]>([
  ["a set", { type: "array", "x-kubernetes-list-type": "set" }, ["a", "b", "a", "a"], ['[2]: Duplicate value: "a"']],
  [
    "objects in a set",
    { type: "array", "x-kubernetes-list-type": "set" },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    ['[1]: Duplicate value: {"a":1,"b":2}'],
  ],
  [
    "a map",
    { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] },
    [{ k: 1 }, { k: 1, v: 2 }],
    ['[1]: Duplicate value: {"k":1}'],
  ],
  ["a plain list", { type: "array" }, ["a", "a"], []],
])("items that are there once: %s", (_name, schema, value, expected) =>
  expect(validateLists(value, schema).map(({ field, message }) => `${field}: ${message}`)).toEqual(expected),
);

test.each<[string, string, boolean | string]>([
  ["^a$", "a\n", false],
  ["(?i)^AB$", "ab", true],
  ["^[[:digit:]]+$", "12", true],
  ["^\\pL\\p{Lu}$", "aB", true],
  ["\\Aa\\z", "a", true],
  ["^(?P<x>a)$", "a", true],
  ["^[\\w-]+\\/\\-$", "a-/-", true],
  ["a{,2}", "a{,2}", true],
  ["(?!a)", "", "error parsing regexp: invalid or unsupported Perl syntax: `(?!`"],
  ["(a", "", "error parsing regexp: missing closing ): `(a`"],
  ["(a)\\1", "", "error parsing regexp: invalid escape sequence: `\\1`"],
])("pattern %s on %j", (pattern, text, expected) => {
  const compiled = goRegExp(pattern);
  expect(typeof compiled === "string" ? compiled : compiled.test(text)).toBe(expected);
});

const DATA = {
  a: {
    "b.c": 1,
    list: [
      { t: "x", n: 1 },
      { t: "y", n: 2 },
    ],
  },
};

test.each<[string, JsonValue[] | undefined]>([
  [".a['b\\.c']", [1]],
  [".a.b\\.c", [1]],
  [".a.list[1].t", ["y"]],
  [".a.list[-1].t", ["y"]],
  [".a.list[*].n", [1, 2]],
  [".a.list[0:1].n", [1]],
  ['.a.list[?(@.t=="y")].n', [2]],
  [".a.list[?(@.n<2)].t", ["x"]],
  ["..t", ["x", "y"]],
  [".a.none.more", []],
  [".a.list[", undefined],
])("path %s", (path, expected) => expect(parseJsonPath(path)?.(DATA)).toEqual(expected));
