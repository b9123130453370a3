import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KubeObject, OwnerReference } from "../../kinds/object.ts";
import { asksForDependents, blocks, judge, type OwnerState, type Verdict } from "./judge.ts";

const owner = (uid: string, blockOwnerDeletion?: boolean): OwnerReference => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: uid,
  uid,
  ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
});
const object = (owners: OwnerReference[], metadata: Partial<KubeObject["metadata"]> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "it", uid: "it", ownerReferences: owners, ...metadata },
});
const nothing: Verdict = { do: "nothing" };
const gone = (policy: "Background" | "Foreground" | "Orphan", unblock = false): Verdict => ({
  do: "delete",
  policy,
  unblock,
});
const dependent = object([owner("it")]);
const waiting = object([owner("it")], { deletionTimestamp: "now", finalizers: ["foregroundDeletion"] });

const cases: [why: string, states: OwnerState[], verdict: Verdict, metadata?: object, dependents?: KubeObject[]][] = [
  ["nobody owns it", [], nothing],
  ["its owner lives", ["living"], nothing],
  ["all owners live", ["living", "living"], nothing],
  ["its owner is gone", ["absent"], gone("Background")],
  ["all owners are gone", ["absent", "absent"], gone("Background")],
  ["one of two is gone", ["living", "absent"], { do: "disown", uids: ["u1"] }],
  ["one of two waits for it", ["waiting", "living"], { do: "disown", uids: ["u0"] }],
  ["one lives, one waits, one is gone", ["waiting", "absent", "living"], { do: "disown", uids: ["u0", "u1"] }],
  ["its owner waits", ["waiting"], gone("Background")],
  ["its owner waits, another depends on it", ["waiting"], gone("Foreground"), {}, [dependent]],
  ["one waits, one is gone, another depends on it", ["waiting", "absent"], gone("Foreground"), {}, [dependent]],
  ["its owner waits, and one that depends on it waits too", ["waiting"], gone("Foreground", true), {}, [waiting]],
  ["its owner is gone, another depends on it", ["absent"], gone("Background"), {}, [dependent]],
  ["its owner is of a kind nobody serves", ["unknown"], nothing],
  ["one is unknown, one gone", ["absent", "unknown"], nothing],
  ["one is unknown, one lives, one gone", ["unknown", "living", "absent"], nothing],
  ["it is going already", ["absent"], nothing, { deletionTimestamp: "now" }],
  ["it asks to orphan", ["absent"], gone("Orphan"), { finalizers: ["orphan"] }],
  ["it asks for the foreground", ["absent"], gone("Foreground"), { finalizers: ["foregroundDeletion"] }],
  ["others hold it", ["absent"], gone("Background"), { finalizers: ["example.com/hold"] }],
];
test.each(cases)("%s", (_why, states, verdict, metadata = {}, dependents = []) => {
  const owners = states.map((_, index) => owner(`u${index}`));
  expect(judge(object(owners, metadata), states, dependents)).toEqual(verdict);
});

describe("blocks", () => {
  test.each([
    ["says so", [owner("a", true)], true],
    ["says no", [owner("a", false)], false],
    ["says nothing", [owner("a")], false],
    ["blocks another", [owner("a"), owner("b", true)], false],
  ])("%s", (_why, owners, expected) => {
    expect(blocks(object(owners), "a")).toBe(expected);
  });
  test("an object that owns itself does not wait for itself", () => {
    expect(blocks(object([owner("it", true)]), "it")).toBe(false);
  });
});

const states = fc.array(fc.constantFrom<OwnerState>("living", "absent", "waiting", "unknown"), { maxLength: 5 });

test("never takes what has an owner that lives or may live; always takes the rest", () => {
  fc.assert(
    fc.property(states, fc.boolean(), (given, depended) => {
      const owners = given.map((_, index) => owner(`u${index}`));
      const verdict = judge(object(owners), given, depended ? [dependent] : []);
      const safe = given.length > 0 && !given.includes("living") && !given.includes("unknown");
      expect(verdict.do === "delete").toBe(safe);
      // Only what is judged with dependents depends on them.
      if (!asksForDependents(given)) expect(verdict).toEqual(judge(object(owners), given));
    }),
  );
});

test("whoever is disowned has nothing to disown after", () => {
  fc.assert(
    fc.property(states, (given) => {
      const owners = given.map((_, index) => owner(`u${index}`));
      const verdict = judge(object(owners), given);
      if (verdict.do !== "disown") return;
      const left = owners.filter(({ uid }) => !verdict.uids.includes(uid));
      expect(left.length).toBeGreaterThan(0);
      const after = given.filter((_, index) => !verdict.uids.includes(`u${index}`));
      expect(judge(object(left), after)).toEqual(nothing);
    }),
  );
});
