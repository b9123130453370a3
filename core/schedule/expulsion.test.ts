// When a cluster must give its share back, as a table; and what then becomes of the share.
import { describe, expect, test } from "vitest";
import type { Loose } from "../../kinds/object.ts";
import { expulsions, type ExpulsionInput } from "./expulsion.ts";
import { scheduleWhole } from "./whole.ts";
import { ago, cluster, deployment, DIVIDED, NOW, plan, shown, whyNots, type Traits } from "./testing/world.ts";

const UNREACHABLE = "node.kubernetes.io/unreachable";
const FENCED = { key: "node.kubernetes.io/out-of-service", effect: "NoExecute" };
const gpu = (more: Loose = {}): Loose => ({ key: "gpu", effect: "NoExecute", ...more });

describe("P12 expulsions: seconds from now, or never", () => {
  test.each<[string, Traits, Loose, Partial<ExpulsionInput>, number | "never" | "at once"]>([
    ["ready", {}, {}, {}, "never"],
    ["silent: 300 seconds", { silent: 100 }, {}, {}, 200],
    ["over", { silent: 400 }, {}, {}, -100],
    ["the Placement's seconds", { silent: 100 }, {}, { placement: { failover: { tolerationSeconds: 110 } } }, 10],
    ["negative: never", { silent: 100 }, {}, { placement: { failover: { tolerationSeconds: -1 } } }, "never"],
    [
      "the pods' own toleration has the first word",
      { silent: 100 },
      { tolerations: [{ key: UNREACHABLE, operator: "Exists", effect: "NoExecute", tolerationSeconds: 130 }] },
      { placement: { failover: { tolerationSeconds: 110 } } },
      30,
    ],
    ["without seconds: never", { silent: 100 }, { tolerations: [{ operator: "Exists" }] }, {}, "never"],
    [
      "one for another taint is none",
      { silent: 100 },
      { tolerations: [{ key: "node.kubernetes.io/not-ready", operator: "Exists" }] },
      {},
      200,
    ],
    [
      "the Placement's toleration comes last",
      { silent: 100 },
      {},
      { placement: { tolerations: [{ key: UNREACHABLE, operator: "Exists", tolerationSeconds: 120 }] } },
      20,
    ],
    ["later by the delay", { silent: 100 }, {}, { delayMs: { a: 5000 } }, 205],
    ["P9 frozen: silence counts for nothing", { silent: 900 }, {}, { frozen: true }, "never"],
    ["P9 frozen for it", { silent: 900 }, {}, { frozen: new Set(["a"]) }, "never"],
    ["P9 frozen for another", { silent: 900 }, {}, { frozen: new Set(["b"]) }, -600],
    ["a taint, frozen or not", { taints: [gpu()] }, {}, { frozen: true }, "at once"],
    ["a taint without effect on what runs", { taints: [gpu({ effect: "NoSchedule" })] }, {}, {}, "never"],
    [
      "tolerated for a while",
      { taints: [gpu({ timeAdded: ago(10) })] },
      { tolerations: [{ key: "gpu", operator: "Exists", tolerationSeconds: 60 }] },
      {},
      50,
    ],
    [
      "the taint that ends first",
      { taints: [gpu({ timeAdded: ago(10) }), { key: "x", effect: "NoExecute", timeAdded: ago(50) }] },
      { tolerations: [{ operator: "Exists", tolerationSeconds: 60 }] },
      {},
      10,
    ],
    [
      "since nobody knows when",
      { taints: [gpu()] },
      { tolerations: [{ key: "gpu", operator: "Exists", tolerationSeconds: 60 }] },
      {},
      "never",
    ],
    [
      "taint or silence, whichever ends first",
      { silent: 100, taints: [gpu({ timeAdded: ago(10) })] },
      { tolerations: [{ key: "gpu", operator: "Exists", tolerationSeconds: 60 }] },
      {},
      50,
    ],
    [
      "silence or taint",
      { silent: 290, taints: [gpu({ timeAdded: ago(10) })] },
      { tolerations: [{ key: "gpu", operator: "Exists", tolerationSeconds: 60 }] },
      {},
      10,
    ],
    ["identities do not leave a silent cluster", { silent: 900 }, {}, { rule: { ordinals: true } }, "never"],
    [
      "unless it is fenced",
      { silent: 900, taints: [FENCED] },
      {},
      { rule: { ordinals: true }, frozen: true },
      "at once",
    ],
    ["an explicit taint is a word to them", { taints: [gpu()] }, {}, { rule: { ordinals: true } }, "at once"],
    ["nor does data", { silent: 900 }, {}, { holdsData: true }, "never"],
    ["what runs once stays", { silent: 900 }, {}, { rule: { once: true } }, "never"],
    ["also under a taint", { taints: [gpu()] }, {}, { rule: { once: true } }, "never"],
    ["but not where it surely is dead", { silent: 900, taints: [FENCED] }, {}, { rule: { once: true } }, "at once"],
    ["what stands everywhere has nowhere to go", { silent: 900 }, {}, { everywhere: true }, "never"],
    ["without a clock no toleration ends", { silent: 900 }, {}, { nowMs: undefined }, "never"],
  ])("%s", (_what, traits, podSpec, more, expected) => {
    const found = expulsions({
      template: deployment(1, podSpec),
      rule: {},
      clusters: [cluster("a", traits)],
      nowMs: NOW,
      ...more,
    }).get("a");
    const seconds = found === undefined ? "never" : found.atMs === 0 ? "at once" : (found.atMs - NOW) / 1000;
    expect(seconds).toBe(expected);
  });

  test("a Job that is another's never leaves, nor a bare pod, fenced or not", () => {
    const clusters = [cluster("a", { silent: 900, taints: [FENCED] })];
    const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "c", uid: "c", controller: true };
    const job = deployment(1, {}, { ownerReferences: [owner] });
    const pod = { ...deployment(1), spec: { containers: [{ name: "c" }] } };
    for (const template of [job, pod])
      expect(expulsions({ template, rule: { once: true }, clusters, nowMs: NOW }).size).toBe(0);
  });
});

describe("P7 what is expelled moves", () => {
  const silent = (seconds: number) => [cluster("a", { silent: seconds }), cluster("b")];
  test("before its time it keeps what it has, and says when that ends", () => {
    const { shares, dueMs, verdicts } = plan(deployment(6), silent(100), { current: { a: 2, b: 2 } });
    expect([shown(shares), dueMs, whyNots(verdicts)]).toEqual(["a2 b4", NOW + 200_000, "a: NotReady"]);
  });
  test("then others have it", () => {
    const { shares, dueMs, verdicts } = plan(deployment(4), silent(300), { current: { a: 2, b: 2 } });
    expect([shown(shares), dueMs]).toEqual(["b4", undefined]);
    expect(whyNots(verdicts)).toBe(`a: Expelled, silent since ${ago(300)}, tolerated for 300s`);
  });
  test("or nobody", () => {
    expect(plan(deployment(4), [cluster("a", { silent: 300 })], { current: { a: 4 } }).unplaced).toBe(4);
  });
  test("also where a Placement no longer selects it", () => {
    const placement = { clusters: [{ names: ["b"] }] };
    expect(shown(plan(deployment(4), silent(300), { current: { a: 4 }, placement }).shares)).toBe("b4");
  });
  test("a cluster without a share is due for nothing", () => {
    expect(plan(deployment(4), silent(100), { current: { b: 4 } }).dueMs).toBeUndefined();
  });
  test("a whole workload moves, unless it has identities or data", () => {
    const asked = {
      template: deployment(3),
      clusters: silent(300),
      current: { a: 1 },
      running: {},
      nowMs: NOW,
      once: false,
    };
    expect(scheduleWhole(asked).shares).toEqual({ b: 1 });
    expect(scheduleWhole({ ...asked, ordinals: true }).shares).toEqual({ a: 1 });
    expect(scheduleWhole({ ...asked, data: new Set(["a"]) }).shares).toEqual({ a: 1 });
    expect(scheduleWhole({ ...asked, clusters: silent(299) }).dueMs).toBe(NOW + 1000);
  });
  test("P9 divided identities stay while nothing is said", () => {
    const rule = { ...DIVIDED, ordinals: true };
    expect(shown(plan(deployment(4), silent(900), { current: { a: 2, b: 2 }, rule }).shares)).toBe("a2 b2");
  });
});
