// What a rule allows and which rules cover others: tables, and the law that ties the two together.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PolicyRule } from "../../kinds/rbac/policyrule.ts";
import { allows, type Asked, uncovered } from "./rules.ts";

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]): PolicyRule => ({
  apiGroups,
  resources,
  verbs,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});
const asked = (verb: string, group: string, resource: string, name = ""): Asked => {
  const [main = "", subresource = ""] = resource.split("/");
  return { verb, group, resource: main, subresource, name };
};

test.each<[string, PolicyRule, Asked, boolean]>([
  ["what it names", rule([""], ["pods"], ["get"]), asked("get", "", "pods", "a"), true],
  ["another verb", rule([""], ["pods"], ["get"]), asked("list", "", "pods"), false],
  ["another group", rule([""], ["pods"], ["get"]), asked("get", "apps", "pods"), false],
  ["every verb", rule([""], ["pods"], ["*"]), asked("delete", "", "pods"), true],
  ["every group", rule(["*"], ["pods"], ["get"]), asked("get", "apps", "pods"), true],
  ["every resource, subresources too", rule([""], ["*"], ["get"]), asked("get", "", "pods/log"), true],
  ["a resource, not its subresources", rule([""], ["pods"], ["get"]), asked("get", "", "pods/log"), false],
  ["a subresource", rule([""], ["pods/log"], ["get"]), asked("get", "", "pods/log"), true],
  ["a subresource, not the resource", rule([""], ["pods/log"], ["get"]), asked("get", "", "pods"), false],
  [
    "a subresource of any resource",
    rule(["apps"], ["*/scale"], ["get"]),
    asked("get", "apps", "deployments/scale"),
    true,
  ],
  ["a name", rule([""], ["pods"], ["get"], ["a"]), asked("get", "", "pods", "a"), true],
  ["another name", rule([""], ["pods"], ["get"], ["a"]), asked("get", "", "pods", "b"), false],
  ["a list, by names", rule([""], ["pods"], ["list"], ["a"]), asked("list", "", "pods"), false],
  ["a path", { verbs: ["get"], nonResourceURLs: ["/healthz"] }, { verb: "get", path: "/healthz" }, true],
  ["paths below", { verbs: ["get"], nonResourceURLs: ["/openapi/*"] }, { verb: "get", path: "/openapi/v3" }, true],
  ["a path beside", { verbs: ["get"], nonResourceURLs: ["/openapi/*"] }, { verb: "get", path: "/version" }, false],
  ["no path by resources", rule(["*"], ["*"], ["*"]), { verb: "get", path: "/version" }, false],
])("allows or not: %s", (_what, one, question, answer) => {
  expect(allows(one, question)).toBe(answer);
});

test.each<[string, PolicyRule[], PolicyRule[], PolicyRule[]]>([
  ["the same", [rule([""], ["pods"], ["get"])], [rule([""], ["pods"], ["get"])], []],
  [
    "part of it",
    [rule([""], ["pods"], ["get"])],
    [rule([""], ["pods", "secrets"], ["get"])],
    [rule([""], ["secrets"], ["get"])],
  ],
  ["by several", [rule([""], ["a"], ["get"]), rule([""], ["b"], ["get"])], [rule([""], ["a", "b"], ["get"])], []],
  [
    "all verbs are more than many",
    [rule([""], ["a"], ["get"])],
    [rule([""], ["a"], ["*"])],
    [rule([""], ["a"], ["*"])],
  ],
  ["a name of all", [rule([""], ["a"], ["get"])], [rule([""], ["a"], ["get"], ["x"])], []],
  ["all of a name", [rule([""], ["a"], ["get"], ["x"])], [rule([""], ["a"], ["get"])], [rule([""], ["a"], ["get"])]],
  ["a subresource of all", [rule([""], ["*/scale"], ["get"])], [rule([""], ["a/scale"], ["get"])], []],
  [
    "paths below",
    [{ verbs: ["get"], nonResourceURLs: ["/a/*"] }],
    [{ verbs: ["get"], nonResourceURLs: ["/a/b", "/c"] }],
    [{ verbs: ["get"], nonResourceURLs: ["/c"] }],
  ],
])("is not covered: %s", (_what, owned, wanted, left) => {
  expect(uncovered(owned, wanted)).toEqual(left);
});

test("whatever covered rules allow, those that cover them allow", () => {
  const some = (values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
  const verbs = some(["get", "list", "*"]);
  const resources: fc.Arbitrary<PolicyRule> = fc.record({
    verbs,
    apiGroups: some(["", "apps", "*"]),
    resources: some(["pods", "pods/log", "*/log", "*"]),
    resourceNames: fc.oneof(fc.constant<string[]>([]), some(["a", "b"])),
  });
  const paths: fc.Arbitrary<PolicyRule> = fc.record({ verbs, nonResourceURLs: some(["/a", "/a/*", "*"]) });
  const rules = fc.array(fc.oneof(resources, paths), { maxLength: 3 });
  const question: fc.Arbitrary<Asked> = fc.oneof(
    fc.record({
      verb: fc.constantFrom("get", "list"),
      group: fc.constantFrom("", "apps"),
      resource: fc.constantFrom("pods", "nodes"),
      subresource: fc.constantFrom("", "log"),
      name: fc.constantFrom("", "a", "b"),
    }),
    fc.record({ verb: fc.constantFrom("get", "list"), path: fc.constantFrom("/a", "/a/b", "/c") }),
  );
  fc.assert(
    fc.property(rules, rules, question, (owned, wanted, one) => {
      fc.pre(uncovered(owned, wanted).length === 0);
      if (wanted.some((each) => allows(each, one))) expect(owned.some((each) => allows(each, one))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
