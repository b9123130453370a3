// Who gets which names: the cases of upstream's naming controller.
import { expect, test } from "vitest";
import type { KubeObject } from "../../kinds/object.ts";
import { type Condition, judgeNames, takenBy, withCondition } from "./names.ts";

const NAMES = { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList", shortNames: ["wd"] };

function definition(name: string, names: object, status: object = {}): KubeObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: { group: "example.com", names },
    status,
  } as unknown as KubeObject;
}
const OTHER = { plural: "others", singular: "other", kind: "Other", listKind: "OtherList", shortNames: ["ot"] };
const other = (names: object): KubeObject =>
  definition("others.example.com", OTHER, { acceptedNames: { ...OTHER, ...names } });

test.each([
  ["nothing is taken", {}, "True", "NoConflicts", "no conflicts found"],
  ["plural", { plural: "widgets" }, "False", "PluralConflict", '"widgets" is already in use'],
  ["singular", { shortNames: ["widget"] }, "False", "SingularConflict", '"widget" is already in use'],
  ["short name", { singular: "wd" }, "False", "ShortNamesConflict", '"wd" is already in use'],
  ["kind", { kind: "Widget" }, "False", "KindConflict", '"Widget" is already in use'],
  ["list kind", { listKind: "WidgetList" }, "False", "ListKindConflict", '"WidgetList" is already in use'],
])("%s", (_what, names, status, reason, message) => {
  const made = definition("widgets.example.com", NAMES);
  const judged = judgeNames(made, takenBy([made, other(names)], "example.com", "widgets.example.com"));
  expect(judged.namesAccepted).toEqual({ type: "NamesAccepted", status, reason, message });
  expect(judged.established.status).toBe(status);
  if (status === "True") expect(judged.accepted).toEqual(NAMES);
});

test("another group takes nothing, nor does it itself", () => {
  const made = definition("widgets.example.com", NAMES, { acceptedNames: NAMES });
  const far = other({ plural: "widgets" });
  far["spec"].group = "far.example.com";
  expect(judgeNames(made, takenBy([made, far], "example.com", "widgets.example.com")).namesAccepted.status).toBe(
    "True",
  );
});

test("established stays established when a changed name is taken, and the old name is kept", () => {
  const established: Condition = { type: "Established", status: "True", reason: "InitialNamesAccepted", message: "" };
  const made = definition(
    "widgets.example.com",
    { ...NAMES, shortNames: ["ot"] },
    { acceptedNames: NAMES, conditions: [established] },
  );
  const judged = judgeNames(made, takenBy([other({})], "example.com", "widgets.example.com"));
  expect(judged.namesAccepted.reason).toBe("ShortNamesConflict");
  expect(judged.established).toBe(established);
  expect(judged.accepted.shortNames).toEqual(["wd"]);
});

test("a condition's time moves only with its status", () => {
  const one = withCondition([], { type: "A", status: "False", reason: "r", message: "m" }, "t1");
  const two = withCondition(one, { type: "A", status: "False", reason: "other", message: "m" }, "t2");
  const three = withCondition(two, { type: "A", status: "True", reason: "r", message: "m" }, "t3");
  expect([one, two, three].map(([condition]) => condition?.lastTransitionTime)).toEqual(["t1", "t1", "t3"]);
});
