import { expect, test } from "vitest";
import { definition } from "./custom/differential/definitions.ts";
import { customResourceDefinition as kind } from "./customresourcedefinition.ts";
import type { Loose } from "./object.ts";

const SCHEMA = { type: "object", properties: { a: { type: "string" } } };

function made(change: (crd: Loose) => void = () => {}): Loose {
  const crd = definition("things", structuredClone(SCHEMA), change);
  kind.setDefaults!(crd);
  return crd;
}

function created(change?: (crd: Loose) => void): Loose {
  const crd = made(change);
  kind.prepareCreate!(crd);
  return crd;
}

const told = (crd: Loose, old?: Loose): string[] => kind.validate!(crd, old).map(({ field }) => field);

test("defaults", () => {
  const { spec, status } = created();
  expect(spec.names).toEqual({ plural: "things", kind: "Thing", singular: "thing", listKind: "ThingList" });
  expect(spec.conversion).toEqual({ strategy: "None" });
  expect(status).toEqual({ conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: ["v1"] });
});

test.each<[string, (crd: Loose) => void, string[]]>([
  ["valid", () => {}, []],
  ["another name", (crd) => (crd.metadata.name = "x.example.com"), ["metadata.name"]],
  ["no scope", (crd) => (crd.spec.scope = ""), ["spec.scope"]],
  ["a webhook", (crd) => (crd.spec.conversion = { strategy: "Webhook" }), ["spec.conversion.strategy"]],
  [
    "a default that breaks its schema",
    (crd) => (crd.spec.versions[0].schema.openAPIV3Schema.properties.a.default = 1),
    ["spec.validation.openAPIV3Schema.properties[a].default"],
  ],
  [
    "a field without a type",
    (crd) => delete crd.spec.versions[0].schema.openAPIV3Schema.properties.a.type,
    ["spec.validation.openAPIV3Schema.properties[a].type"],
  ],
])("a new one: %s", (_name, change, fields) => expect(told(created(change))).toEqual(fields));

const ESTABLISHED = {
  conditions: [{ type: "Established", status: "True" }],
  acceptedNames: {},
  storedVersions: ["v1"],
};

test.each<[string, (crd: Loose) => void, string[]]>([
  ["nothing", () => {}, []],
  ["its scope", (crd) => (crd.spec.scope = "Cluster"), ["spec.scope"]],
  ["its kind", (crd) => (crd.spec.names.kind = "Other"), ["spec.names.kind"]],
  ["short names", (crd) => (crd.spec.names.shortNames = ["t"]), []],
  ["its group", (crd) => (crd.spec.group = "b.example.com"), ["spec.group"]],
  ["its plural", (crd) => (crd.spec.names.plural = "others"), ["spec.names.plural"]],
  ["the stored version away", (crd) => (crd.spec.versions[0].name = "v2"), ["status.storedVersions[0]"]],
])("an established one changes %s", (_name, change, fields) => {
  const old = made((crd) => (crd.status = structuredClone(ESTABLISHED)));
  const next = made((crd) => {
    crd.status = structuredClone(ESTABLISHED);
    change(crd);
  });
  kind.prepareUpdate!(next, old);
  expect(told(next, old)).toEqual(fields);
});

test("a storage version is remembered", () => {
  const old = created();
  const next = made((crd) => {
    crd.status = old.status;
    crd.spec.versions.push({ ...crd.spec.versions[0], name: "v2" });
    crd.spec.versions[0].storage = false;
  });
  kind.prepareUpdate!(next, old);
  expect(next.status.storedVersions).toEqual(["v1", "v2"]);
});
