// Warnings where no kube-apiserver is at hand; all of them are compared with a real one in kinds/differential.real.test.ts.
import { expect, test } from "vitest";
import { MEMBER_KINDS } from "../all.ts";
import { updates, valid } from "../differential/warnings.ts";
import type { Kind } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";

const kindOf = (object: Loose): Kind => MEMBER_KINDS.find(({ kind }) => kind === object.kind) as Kind;

function made(manifest: Loose, told: string[]): KubeObject {
  const object = JSON.parse(JSON.stringify(manifest));
  const kind = kindOf(object);
  kind.setDefaults?.(object);
  told.push(...(kind.prepareCreate?.(object) ?? []));
  return object;
}

/** These are there to say nothing; defaulting makes 1 of a grace below zero. */
const SILENT = /said in the field too|warned: AppArmor as|AppArmor on windows|grace below zero/;

test.each(valid.filter(([name]) => !SILENT.test(name)))("something is said of it: %s", (_name, manifest) => {
  const told: string[] = [];
  const object = made(manifest, told);
  expect([...told, ...(kindOf(manifest).warnings?.(object) ?? [])]).not.toEqual([]);
});

const WARNED = [
  "PodTemplate, warned: update",
  "StatefulSet, warned: update",
  "CronJob, warned: update",
  "ReplicationController, warned: better",
];

test.each(updates.filter(([name]) => WARNED.includes(name)))("an update counts: %s", (_name, before, after) => {
  const [old, next] = [made(before, []), made(after, [])];
  old.metadata.generation = 1;
  next.metadata.generation = 2;
  expect(kindOf(after).warnings?.(next, old)).not.toEqual([]);
});

test.each<[string, Loose, string[]]>([
  ["nothing", {}, []],
  ["configSource", { configSource: {} }, ["spec.configSource: the feature is removed"]],
  ["externalID", { externalID: "a" }, ["spec.externalID: this field is deprecated, and is unused by Kubernetes"]],
  [
    "podCIDRs",
    { podCIDRs: ["10.0.0.0/8", "FD00::/64"] },
    ['spec.podCIDRs[1]: IPv6 CIDR value "FD00::/64" should be in RFC 5952 canonical format ("fd00::/64")'],
  ],
])("a node: %s", (_name, spec, said) =>
  expect(
    kindOf({ kind: "Node" }).warnings?.({ apiVersion: "v1", kind: "Node", metadata: { name: "n" }, spec }),
  ).toEqual(said),
);
