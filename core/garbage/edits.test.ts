import { describe, expect, test } from "vitest";
import type { Kind } from "../../kinds/kind.ts";
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import { expiresAt } from "./expiry.ts";
import { disowned, unblocked, withoutFinalizer } from "./references.ts";
import { isReleased, removal, type Policy } from "./removal.ts";
import { withConditions, type Remaining } from "./terminating.ts";

const NOW = Date.parse("2026-01-01T00:00:10Z");
const object = (metadata: object = {}, rest: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: { name: "it", uid: "u", ...metadata },
  ...rest,
});
const graceful = { grace: () => 30 } as unknown as Kind;
const going = { deletionTimestamp: "2026-01-01T00:00:00Z", deletionGracePeriodSeconds: 0 };
const marked = { deletionTimestamp: "2026-01-01T00:00:10Z", deletionGracePeriodSeconds: 0 };

describe("removal", () => {
  const cases: [why: string, before: object, policy: Policy, after: object | undefined, kind?: Kind][] = [
    ["nothing holds it", {}, "Background", undefined],
    ["others hold it", { finalizers: ["x/y"] }, "Background", { finalizers: ["x/y"], ...marked }],
    ["foreground", {}, "Foreground", { finalizers: ["foregroundDeletion"], ...marked }],
    ["orphan", { finalizers: ["x/y"] }, "Orphan", { finalizers: ["x/y", "orphan"], ...marked }],
    ["generation counts it", { generation: 3 }, "Orphan", { generation: 4, finalizers: ["orphan"], ...marked }],
    ["Background takes the place of Orphan", { finalizers: ["orphan"] }, "Background", undefined],
    [
      "Orphan takes the place of Foreground",
      { ...going, generation: 3, finalizers: ["foregroundDeletion"] },
      "Orphan",
      { ...going, generation: 3, finalizers: ["orphan"] },
    ],
    ["nothing holds it any more", going, "Background", undefined],
    [
      "its pods end first",
      {},
      "Background",
      { deletionTimestamp: "2026-01-01T00:00:40Z", deletionGracePeriodSeconds: 30 },
      graceful,
    ],
    ["a kind without dependents", {}, "Foreground", undefined, { dependents: "ignore" } as unknown as Kind],
  ];
  test.each(cases)("%s", (_why, before, policy, after, kind) => {
    expect(removal(kind, object(before), policy, NOW)).toEqual(after === undefined ? undefined : object(after));
  });
  test.each<[string, object, Policy, Kind | undefined]>([
    ["held", { ...going, finalizers: ["x/y"] }, "Background", undefined],
    ["waiting", { ...going, finalizers: ["foregroundDeletion"] }, "Foreground", undefined],
    ["ending", { ...going, deletionGracePeriodSeconds: 30 }, "Background", graceful],
  ])("what is marked already is left as it is: %s", (_why, before, policy, kind) => {
    const it = object(before);
    expect(removal(kind, it, policy, NOW)).toBe(it);
  });
  test("a Namespace is Terminating and keeps what holds it", () => {
    const it = object({}, { spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } });
    const next = removal({ finalize: true } as unknown as Kind, it, "Background", NOW);
    expect(next).toEqual(object(marked, { spec: it["spec"], status: { phase: "Terminating" } }));
    expect(isReleased({ ...next!, spec: {} })).toBe(true);
  });
});

describe("references", () => {
  const refs = (...uids: string[]) => uids.map((uid) => ({ apiVersion: "v1", kind: "K", name: uid, uid }));
  const owned = (...uids: string[]): JsonObject => ({
    "f:metadata": {
      "f:ownerReferences": {
        ".": {},
        ...Object.fromEntries(uids.map((uid) => [`k:{"uid":"${uid}"}`, {}])),
      },
    },
  });
  const fields = (fieldsV1: JsonObject) => ({ manager: "m", operation: "Update" as const, fieldsV1 });

  test("those to these owners go, and nobody manages them any more", () => {
    const it = object({
      ownerReferences: refs("a", "b"),
      managedFields: [fields(owned("a", "b")), fields({ "f:data": {} })],
    });
    expect(disowned(it, ["a"])).toEqual(
      object({ ownerReferences: refs("b"), managedFields: [fields(owned("b")), fields({ "f:data": {} })] }),
    );
  });
  test("the last one takes the list along, and the entry that named nothing else", () => {
    const it = object({ ownerReferences: refs("a"), managedFields: [fields(owned("a")), fields({ "f:data": {} })] });
    const next = disowned(it, ["a"]);
    expect(next).toEqual(object({ managedFields: [fields({ "f:data": {} })] }));
    expect("ownerReferences" in next.metadata).toBe(false);
  });
  test("who has none of them is left as it is", () => {
    const it = object({ ownerReferences: refs("a") });
    expect(disowned(it, ["b"])).toBe(it);
  });
  test("unblocked", () => {
    const [a, b] = refs("a", "b");
    const it = object({ ownerReferences: [{ ...a, blockOwnerDeletion: true }, b] });
    expect(unblocked(it)).toEqual(object({ ownerReferences: [{ ...a, blockOwnerDeletion: false }, b] }));
  });
  test("withoutFinalizer", () => {
    const managedFields = [fields({ "f:metadata": { "f:finalizers": { ".": {}, 'v:"orphan"': {}, 'v:"x/y"': {} } } })];
    expect(withoutFinalizer(object({ finalizers: ["x/y", "orphan"], managedFields }), "orphan")).toEqual(
      object({
        finalizers: ["x/y"],
        managedFields: [fields({ "f:metadata": { "f:finalizers": { ".": {}, 'v:"x/y"': {} } } })],
      }),
    );
  });
});

describe("expiresAt", () => {
  const finished = { type: "Failed", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" };
  test.each<[string, object, object, object, number | undefined]>([
    ["finished", {}, { ttlSecondsAfterFinished: 10 }, { conditions: [finished] }, NOW],
    ["at once", {}, { ttlSecondsAfterFinished: 0 }, { conditions: [finished] }, NOW - 10_000],
    ["runs", {}, { ttlSecondsAfterFinished: 10 }, {}, undefined],
    ["not yet", {}, { ttlSecondsAfterFinished: 10 }, { conditions: [{ ...finished, status: "False" }] }, undefined],
    ["for ever", {}, {}, { conditions: [finished] }, undefined],
    ["going", going, { ttlSecondsAfterFinished: 10 }, { conditions: [finished] }, undefined],
    [
      "other conditions",
      {},
      { ttlSecondsAfterFinished: 10 },
      { conditions: [{ ...finished, type: "Suspended" }] },
      undefined,
    ],
  ])("%s", (_why, metadata, spec, status, expected) => {
    expect(expiresAt(object(metadata, { spec, status }))).toBe(expected);
  });
});

describe("withConditions", () => {
  const now = "2026-01-01T00:00:10Z";
  const pods = (rest: Partial<Remaining>): Remaining => ({
    group: "",
    version: "v1",
    resource: "pods",
    count: 2,
    finalizers: {},
    ...rest,
  });
  const texts = (remaining: Remaining[]): Record<string, string> =>
    Object.fromEntries(
      withConditions(object(), remaining, now)["status"].conditions.map(
        ({ type, status, reason, message }: Record<string, string>) => [type, `${status} ${reason}: ${message}`],
      ),
    );

  test("all is well, in upstream's order", () => {
    expect(Object.entries(texts([]))).toEqual([
      ["NamespaceDeletionDiscoveryFailure", "False ResourcesDiscovered: All resources successfully discovered"],
      [
        "NamespaceDeletionGroupVersionParsingFailure",
        "False ParsedGroupVersions: All legacy kube types successfully parsed",
      ],
      [
        "NamespaceDeletionContentFailure",
        "False ContentDeleted: All content successfully deleted, may be waiting on finalization",
      ],
      ["NamespaceContentRemaining", "False ContentRemoved: All content successfully removed"],
      ["NamespaceFinalizersRemaining", "False ContentHasNoFinalizers: All content-preserving finalizers finished"],
    ]);
  });
  test("what remains, and what holds it", () => {
    const jobs = { group: "batch", version: "v1", resource: "jobs", count: 1, finalizers: { "a/b": 1 } };
    const said = texts([pods({ finalizers: { "x/y": 2, "a/b": 1 } }), jobs]);
    expect(said["NamespaceContentRemaining"]).toBe(
      "True SomeResourcesRemain: Some resources are remaining: jobs.batch has 1 resource instances, pods. has 2 resource instances",
    );
    expect(said["NamespaceFinalizersRemaining"]).toBe(
      "True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: a/b in 2 resource instances, x/y in 2 resource instances",
    );
    expect(said["NamespaceDeletionContentFailure"]).toMatch(/^False/);
  });
  test("what nothing explains is a failure", () => {
    expect(texts([pods({ unexpected: true })])["NamespaceDeletionContentFailure"]).toBe(
      "True ContentDeletionFailed: Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: it for gvr: /v1, Resource=pods",
    );
  });
  test("says nothing twice, and keeps since when", () => {
    const first = withConditions(object(), [pods({})], "2026-01-01T00:00:00Z");
    expect(withConditions(first, [pods({})], now)).toBe(first);
    const fewer = withConditions(first, [pods({ count: 1 })], now)["status"].conditions;
    const none = withConditions(first, [], now)["status"].conditions;
    const since = (conditions: Record<string, string>[]) =>
      conditions.find(({ type }) => type === "NamespaceContentRemaining")?.["lastTransitionTime"];
    expect([since(fewer), since(none)]).toEqual(["2026-01-01T00:00:00Z", now]);
  });
});
