// ControllerRevisions at the root, as a table of what a template's changes make of them; and that numbers only rise and names stay unique.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { planHistory, type HistoryPlan } from "./controllerrevisions.ts";

const NOW = "2026-01-01T00:00:00Z";
let uids = 0;

function workload(image: string, change: Loose = {}): KubeObject {
  const { spec, status, metadata, kind = "StatefulSet" } = change;
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "db", namespace: "default", uid: "u", ...metadata },
    spec: {
      selector: { matchLabels: { app: "db" } },
      template: { metadata: { labels: { app: "db" } }, spec: { containers: [{ name: "c", image }] } },
      ...spec,
    },
    status,
  };
}

/** One decision after the other; the last of them, and what stands then. */
function play(steps: readonly KubeObject[], stands: KubeObject[] = []): { plan: HistoryPlan; stands: KubeObject[] } {
  let existing = stands;
  let plan: HistoryPlan | undefined;
  for (const step of steps) {
    plan = planHistory({ workload: step, existing, uid: () => `uid-${(uids += 1)}`, now: NOW });
    const { write, remove } = plan;
    existing = [
      ...existing.filter(
        ({ metadata }) => !remove.includes(metadata.name) && !write.some((one) => one.metadata.name === metadata.name),
      ),
      ...write,
    ];
  }
  return { plan: plan!, stands: existing };
}
const numbers = ({ plan }: { plan: HistoryPlan }): number[] => plan.history.map(({ number }) => number);
const images = ({ stands }: { stands: KubeObject[] }): string[] =>
  [...stands]
    .sort((a, b) => a["revision"] - b["revision"])
    .map((one) => one["data"].spec.template.spec.containers[0].image);

describe("planHistory", () => {
  test("the first revision is upstream's record: patch, labels, annotations, owner", () => {
    const { plan, stands } = play([
      workload("a", { metadata: { annotations: { "kubernetes.io/change-cause": "x" } } }),
    ]);
    const [one] = stands;
    expect(one).toMatchObject({
      kind: "ControllerRevision",
      metadata: {
        labels: { app: "db", "controller.kubernetes.io/hash": one!.metadata.name.slice("db-".length) },
        annotations: { "kubernetes.io/change-cause": "x" },
        ownerReferences: [
          {
            apiVersion: "apps/v1",
            kind: "StatefulSet",
            name: "db",
            uid: "u",
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      revision: 1,
    });
    expect(JSON.stringify(one!["data"])).toBe(
      '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"image":"a","name":"c"}]}}}}',
    );
    expect(plan.history).toEqual([{ number: 1, name: one!.metadata.name }]);
    const [daemons] = play([workload("a", { kind: "DaemonSet" })]).stands;
    expect(daemons!.metadata.labels).toHaveProperty("controller-revision-hash");
    expect(daemons!.metadata.name).not.toBe(one!.metadata.name);
  });

  const cases: [string, KubeObject[], number[], string[]][] = [
    ["a new template is a new number", [workload("a"), workload("b")], [1, 2], ["a", "b"]],
    ["the same again changes nothing", [workload("a"), workload("a", { spec: { replicas: 9 } })], [1], ["a"]],
    ["an earlier one comes back with a new number", ["a", "b", "a"].map((one) => workload(one)), [2, 3], ["b", "a"]],
    [
      "the oldest beyond the limit go",
      ["a", "b", "c", "d"].map((one) => workload(one, { spec: { revisionHistoryLimit: 1 } })),
      [3, 4],
      ["c", "d"],
    ],
    [
      "none go without a limit",
      ["a", "b", "c"].map((one) => workload(one, { spec: { revisionHistoryLimit: -1 } })),
      [1, 2, 3],
      ["a", "b", "c"],
    ],
  ];
  test.each(cases)("%s", (_what, steps, wanted, left) => {
    const played = play(steps);
    expect([numbers(played), images(played)]).toEqual([wanted, left]);
    expect(play([steps.at(-1)!], played.stands).plan).toMatchObject({ write: [], remove: [] });
  });

  test("one whose pods still run stays beyond the limit until they do not", () => {
    const first = play([workload("a")]);
    const name = first.stands[0]!.metadata.name;
    const spec = { revisionHistoryLimit: 0 };
    const rolling = play([workload("b", { spec, status: { currentRevision: name } })], first.stands);
    expect([numbers(rolling), rolling.plan.lingering]).toEqual([[1, 2], true]);
    const through = play([workload("b", { spec })], rolling.stands);
    expect([numbers(through), through.plan]).toMatchObject([[2], { remove: [name], lingering: false }]);
  });

  test("orphans that it selects are adopted; what others control is not, nor is its name taken", () => {
    const before = play([workload("a"), workload("b")]).stands;
    const orphaned = before.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences: [] } }));
    const again = workload("b", { metadata: { uid: "v" } });
    const taken = play([again], orphaned);
    expect(numbers(taken)).toEqual([1, 2]);
    expect(taken.stands.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual(["v", "v"]);
    const beside = play([again], before);
    expect(beside.plan.history).toHaveLength(1);
    expect(before.map(({ metadata }) => metadata.name)).not.toContain(beside.plan.history[0]?.name);
  });

  test("whatever comes, the newest number is the template's, names differ, and the limit holds", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 }), fc.nat(3), (all, limit) => {
        const steps = all.map((one) => workload(one, { spec: { revisionHistoryLimit: limit } }));
        const played = play(steps);
        expect(images(played).at(-1)).toBe(all.at(-1));
        expect(new Set(images(played)).size).toBe(played.stands.length);
        expect(played.stands.length).toBeLessThanOrEqual(limit + 1);
        expect(numbers(played)).toEqual([...new Set(numbers(played))].sort((a, b) => a - b));
        expect(played.plan.history.map(({ name }) => name).sort()).toEqual(
          played.stands.map(({ metadata }) => metadata.name).sort(),
        );
      }),
    );
  });
});
