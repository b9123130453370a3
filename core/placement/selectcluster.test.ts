import { describe, expect, it } from "vitest";
import { celError } from "../../kinds/rules/cel.ts";
import type { ClusterSelector } from "../../kinds/placement.ts";
import { selectedByAny, selectsCluster } from "./selectcluster.ts";

const paris = {
  name: "paris",
  labels: { tier: "gold", "topology.kubernetes.io/region": "eu" },
  annotations: { owner: "web" },
  spec: { taints: [{ key: "dedicated", effect: "NoSchedule" }] },
  status: { nodes: 4, kubernetesVersion: "v1.36.3" },
};
const bare = { name: "bare" };

const table: [title: string, selector: ClusterSelector, onParis: boolean, onBare: boolean][] = [
  ["nothing restricts nothing", {}, true, true],
  ["a name", { names: ["paris", "oslo"] }, true, false],
  ["no name at all", { names: [] }, false, false],
  ["a label", { labelSelector: { matchLabels: { tier: "gold" } } }, true, false],
  ["the implicit label", { labelSelector: { matchLabels: { "hanse.dev/cluster": "bare" } } }, false, true],
  ["an expression", { labelSelector: { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] } }, false, true],
  ["all parts", { names: ["paris"], labelSelector: { matchLabels: { tier: "tin" } } }, false, false],
  ["CEL", { cel: "cluster.labels['tier'] == 'gold'" }, true, false],
  ["CEL over the status, whole numbers", { cel: "cluster.status.nodes + 1 > 4" }, true, false],
  ["CEL over the spec", { cel: "cluster.spec.taints.exists(t, t.key == 'dedicated')" }, true, false],
  ["CEL over what may be absent", { cel: "!has(cluster.labels.tier)" }, false, true],
  ["CEL over annotations and the name", { cel: "cluster.annotations.owner == cluster.name" }, false, false],
  ["CEL that is true without a look at what fails", { cel: "true || cluster.labels.x == 'y'" }, true, true],
  ["CEL that is no truth", { cel: "cluster.name" }, false, false],
  ["broken CEL", { cel: "cluster.name ==" }, false, false],
];

describe("selectsCluster", () => {
  it.each(table)("%s", (_title, selector, onParis, onBare) => {
    expect(selectsCluster(selector, paris)).toBe(onParis);
    expect(selectsCluster(selector, bare)).toBe(onBare);
  });

  it("any of several; absent means all, empty means none", () => {
    expect(selectedByAny([{ names: ["oslo"] }, { names: ["paris"] }], paris)).toBe(true);
    expect(selectedByAny(undefined, paris)).toBe(true);
    expect(selectedByAny([], paris)).toBe(false);
  });
});

const nested = (depth: number): string => (depth === 0 ? "true" : `[1].all(x${depth}, ${nested(depth - 1)})`);

describe("P11 expressions are bounded before they run", () => {
  it.each([
    ["cluster.labels['tier'] == 'gold'", undefined],
    ["cluster.name.startsWith('eu-') && cluster.status.nodes >= 3", undefined],
    [nested(2), undefined],
    [nested(3), "line 1, column 25: more than 2 nested comprehensions"],
    ["cluster.name.matches('(a+)+$')", "line 1, column 1: matches() is not available"],
    ["cluster.name == \n  oslo", "line 2, column 3: Unknown variable: oslo"],
    ["cluster.name ==", "line 1, column 16: Unexpected token: EOF"],
    ["'x'", "must be true or false, and is of type string"],
    ["1 + 'a' == 2", "line 1, column 1: no such overload: int + string"],
    ["now() > 1", "line 1, column 1: found no matching overload for 'now()'"],
    [`'${"x".repeat(5000)}' == ''`, "must have at most 4096 characters"],
  ])("%j: %s", (text, error) => {
    expect(celError(text)).toBe(error);
  });

  it("neither deep nor large ones are read", () => {
    expect(celError(`${"(".repeat(200)}true${")".repeat(200)}`)).toContain("Exceeded");
    expect(celError(Array.from({ length: 300 }, () => "true").join(" && "))).toContain("Exceeded");
  });
});
