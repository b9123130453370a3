// Updates that kube-apiserver and we must judge alike: what was broken before and has not changed is let be. [name, schema of spec.a before, after,
// value before, value after]: the schema is tightened between the two.
import type { JsonValue } from "../../object.ts";
import type { JsonSchema } from "../jsonschema.ts";

const STRING: JsonSchema = { type: "string" };
const item: JsonSchema = { type: "object", properties: { k: STRING, v: STRING }, required: ["k"] };
const keyed = (of: JsonSchema): JsonSchema => ({
  type: "array",
  items: of,
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["k"],
});
const tight: JsonSchema = { ...item, properties: { k: STRING, v: { type: "string", maxLength: 1 } } };

export const UPDATES: [string, JsonSchema, JsonSchema, JsonValue, JsonValue][] = [
  ["unchanged", STRING, { type: "string", maxLength: 1 }, "long", "long"],
  ["changed", STRING, { type: "string", maxLength: 1 }, "long", "longer"],
  ["mended", STRING, { type: "string", maxLength: 1 }, "long", "x"],
  ["a field of an object", item, tight, { k: "a", v: "long" }, { k: "b", v: "long" }],
  [
    "a required field",
    { type: "object", properties: { b: STRING, c: STRING } },
    { type: "object", properties: { b: STRING, c: STRING }, required: ["b"] },
    { c: "x" },
    { c: "y" },
  ],
  [
    "an item by its key",
    keyed(item),
    keyed(tight),
    [{ k: "a", v: "long" }],
    [
      { k: "b", v: "x" },
      { k: "a", v: "long" },
    ],
  ],
  ["an item that changed", keyed(item), keyed(tight), [{ k: "a", v: "long" }], [{ k: "a", v: "longer" }]],
  [
    "an item of a plain list",
    { type: "array", items: STRING },
    { type: "array", items: { type: "string", maxLength: 1 } },
    ["long"],
    ["long", "x"],
  ],
  [
    "a set that was none",
    { type: "array", items: STRING },
    { type: "array", items: STRING, "x-kubernetes-list-type": "set" },
    ["a", "a"],
    ["a", "a", "b", "b"],
  ],
  ["oneOf of what changed", item, { ...item, oneOf: [{ required: ["v"] }] }, { k: "a" }, { k: "b" }],
  [
    "a value of a map",
    { type: "object", additionalProperties: STRING },
    { type: "object", additionalProperties: { type: "string", maxLength: 1 } },
    { a: "long" },
    { a: "long", b: "longer" },
  ],
];
