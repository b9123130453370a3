// ControllerRevisions.
import type { Loose } from "../../object.ts";

const revision = (body: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "apps/v1",
  kind: "ControllerRevision",
  metadata: { name: "db-1", ...metadata },
  data: { spec: { template: { $patch: "replace" } } },
  revision: 1,
  ...body,
});
const owner = (changes: Loose = {}): Loose => ({
  ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "1", controller: true, ...changes }],
});

export const valid: [string, Loose][] = [
  ["ControllerRevision", revision()],
  ["ControllerRevision, revision left out", revision({ revision: undefined })],
  ["ControllerRevision, high", revision({ revision: 9007199254740991 })],
  ["ControllerRevision, empty data", revision({ data: {} })],
  ["ControllerRevision, any data", revision({ data: { a: [1, null, { b: "" }], empty: {}, no: false, zero: 0 } })],
  ["ControllerRevision, controlled", revision({}, owner())],
  ["ControllerRevision, owned", revision({}, owner({ controller: undefined }))],
  ["ControllerRevision, controlled by a core kind", revision({}, owner({ apiVersion: "v1", kind: "Pod" }))],
];

export const invalid: [string, Loose][] = [
  ["ControllerRevision, no data", revision({ data: undefined })],
  ["ControllerRevision, null", revision({ data: null })],
  ["ControllerRevision, list", revision({ data: [1] })],
  ["ControllerRevision, text", revision({ data: "x" })],
  ["ControllerRevision, negative", revision({ revision: -1 })],
  ["ControllerRevision, name", revision({}, { name: "A" })],
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["ControllerRevision, revision", revision(), revision({ revision: 5 })],
  ["ControllerRevision, negative", revision(), revision({ revision: -5 })],
  ["ControllerRevision, labels", revision(), revision({}, { labels: { a: "b" } })],
  ["ControllerRevision, data", revision(), revision({ data: { a: 1 } })],
  ["ControllerRevision, data gone", revision(), revision({ data: undefined })],
  ["ControllerRevision, bad label", revision(), revision({}, { labels: { "-": "b" } })],
];
