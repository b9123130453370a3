import { describe, expect, it } from "vitest";
import {
  amount,
  containerResourceNameErrors,
  defaultResourceList,
  namesOf,
  quantityValueErrors,
  quotaResourceNameErrors,
  sameResources,
  wholeUnits,
} from "./resourcelist.ts";

describe("a list of resources", () => {
  it("gets canonical amounts, rounded up to milli-units", () => {
    const list = { cpu: "0.5", memory: "1024Mi", tiny: "1n", odd: "much" };
    defaultResourceList(list);
    expect(list).toEqual({ cpu: "500m", memory: "1Gi", tiny: "1m", odd: "much" });
  });

  it.each([
    ["the same text", { a: "1" }, { a: "1" }, true],
    ["the same amount", { a: "1Gi" }, { a: "1073741824" }, true],
    ["another amount", { a: "1" }, { a: "2" }, false],
    ["none and nothing", undefined, {}, true],
    ["zero and none", { a: "0" }, {}, false],
  ])("compares by amount: %s", (_name, a, b, same) => expect(sameResources(a, b)).toBe(same));

  it.each([
    ["1", 1n],
    ["1500m", 2n],
    ["-1500m", -1n],
    ["0", 0n],
  ])("counts whole units of %s", (text, units) => expect(wholeUnits(amount({ a: text }, "a"))).toBe(units));

  it("names what several lists hold, once, in order", () =>
    expect(namesOf({ b: "1" }, undefined, { a: "1", b: "2" })).toEqual(["a", "b"]));

  it.each([
    ["pods", 0],
    ["requests.nvidia.com/gpu", 0],
    ["storage", 1],
    ["gpu", 2],
  ])("as a quota: %s has %i errors", (name, count) => expect(quotaResourceNameErrors(name, "f")).toHaveLength(count));

  it.each([
    ["cpu", 0],
    ["a.b/gpu", 0],
    ["hugepages-2Mi", 0],
    ["pods", 1],
    ["gpu", 2],
  ])("in a container: %s has %i errors", (name, count) =>
    expect(containerResourceNameErrors(name, "f")).toHaveLength(count),
  );

  it.each([
    ["cpu", "500m", 0],
    ["pods", "500m", 1],
    ["a.b/gpu", "500m", 1],
    ["requests.a.b/gpu", "500m", 0],
    ["pods", "-500m", 2],
  ])("%s of %s has %i errors", (name, text, count) => expect(quantityValueErrors(name, text, "f")).toHaveLength(count));
});
