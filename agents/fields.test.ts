import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../kinds/object.ts";
import { dropPath, lostPaths, tokensOf, unsetPaths } from "./fields.ts";

const item = (name: string) => `k:{"name":"${name}"}`;
const object = {
  spec: {
    n: 1,
    on: {},
    list: [
      { name: "a", x: 1 },
      { name: "b", x: 2 },
    ],
    set: ["p", "q"],
    atom: { y: [1, 2] },
  },
};
const ours = (): JsonObject => ({
  "f:spec": {
    "f:n": {},
    "f:on": {},
    "f:list": { [item("a")]: { ".": {}, "f:name": {}, "f:x": {} }, [item("b")]: { ".": {}, "f:x": {} } },
    "f:set": { 'v:"p"': {}, 'v:"q"': {} },
    "f:atom": {},
  },
});

describe("dropPath", () => {
  const cases: [pointer: string, outcome: string, left: (fields: any) => unknown, expected: unknown][] = [
    ["/spec/n", "dropped", (f) => "f:n" in f["f:spec"], false],
    ["/spec/list/1/x", "dropped", (f) => f["f:spec"]["f:list"][item("b")], { ".": {} }],
    ["/spec/list/1", "dropped", (f) => Object.keys(f["f:spec"]["f:list"]), [item("a")]],
    ["/spec/set/0", "dropped", (f) => Object.keys(f["f:spec"]["f:set"]), ['v:"q"']],
    ["/spec/atom/y/0", "whole", (f) => f["f:spec"]["f:atom"], {}],
    ["/spec/list/7/x", "absent", (f) => f, ours()],
    ["/spec/other", "absent", (f) => f, ours()],
    ["/spec", "dropped", (f) => f, {}],
  ];
  it.each(cases)("%s: %s", (pointer, outcome, left, expected) => {
    const fields = ours();
    expect(dropPath(fields, object, tokensOf(pointer))).toBe(outcome);
    expect(left(fields)).toEqual(expected);
  });
  it("leaves no empty parents, which would own all there is", () => {
    const fields = { "f:data": { "f:a": {} }, "f:b": {} };
    dropPath(fields, { data: { a: "1" } }, ["data", "a"]);
    expect(fields).toEqual({ "f:b": {} });
  });
  it("reads escapes in the order of RFC 6901", () => {
    expect(tokensOf("/a~1b/c~0d/~01")).toEqual(["a/b", "c~d", "~1"]);
  });
});

describe("lostPaths", () => {
  const without = (...pointers: string[]): JsonObject => {
    const fields = ours();
    for (const pointer of pointers) dropPath(fields, object, tokensOf(pointer));
    return fields;
  };
  const changed: JsonValue = {
    spec: {
      n: 5,
      list: [
        { name: "b", x: 9 },
        { name: "a", x: 1 },
      ],
      set: ["q"],
      atom: { y: [2] },
    },
  };
  const cases: [string, JsonObject, JsonValue, string[]][] = [
    ["what is ours is as we set it, whatever the live text", ours(), changed, []],
    ["another value", without("/spec/n"), changed, ["spec.n"]],
    ["no longer ours, but of our value", without("/spec/n"), object, []],
    ["inside of a list, found by its key", without("/spec/list/1/x"), changed, ["spec.list[name=b].x"]],
    ["an item gone", without("/spec/set/0"), changed, ["spec.set[0]"]],
    ["an atomic whole", without("/spec/atom"), changed, ["spec.atom.y"]],
    ["nothing is ours any more", { ".": {} }, { spec: { ...object.spec, n: 2 } }, ["spec.n"]],
  ];
  it.each(cases)("%s", (_what, fields, live, expected) => {
    expect(lostPaths(object, fields, live)).toEqual(expected);
  });
});

describe("unsetPaths", () => {
  const live = {
    metadata: { annotations: { theirs: "1", mine: "2" } },
    spec: { ports: [{ port: 80, protocol: "TCP", name: "x" }], empty: {} },
  };
  const fields: JsonObject = {
    "f:metadata": { "f:annotations": { ".": {}, "f:theirs": {}, "f:mine": {} } },
    "f:spec": {
      "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:name": {} } },
      "f:empty": {},
      "f:gone": {},
    },
  };
  it("names what others own and we do not set; keys left to defaults are the same item", () => {
    const wanted = { metadata: { annotations: { mine: "2" } }, spec: { ports: [{ port: 80 }] } };
    expect(unsetPaths(fields, wanted, live)).toEqual([
      "metadata.annotations.theirs",
      "spec.ports[port=80,protocol=TCP].name",
    ]);
  });
  it("nothing, when we set it all", () => {
    expect(unsetPaths(fields, live, live)).toEqual([]);
  });
});
