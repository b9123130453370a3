// A pod template as kube-apiserver prints it in an error: its internal types have Go's field names and no omitempty, so every field is
// there, in the order of kinds/facts/internal.ts. Takes the v1 form; answers with JSON text.
import { INTERNAL } from "../facts/internal.ts";
import type { Loose } from "../object.ts";

type Fields = readonly (readonly [name: string, type: string])[];

let parsed: ReadonlyMap<string, Fields> | undefined;

function structs(): ReadonlyMap<string, Fields> {
  return (parsed ??= new Map(
    INTERNAL.trim()
      .split("\n")
      .map((line) => {
        const colon = line.indexOf(":");
        const fields = line.slice(colon + 1).split(",");
        return [line.slice(0, colon), fields.map((field) => field.split(" ") as [string, string])];
      }),
  ));
}

/** Fields that v1 calls otherwise, but for the case of their letters. */
const RENAMED: Readonly<Record<string, string>> = {
  "RBDVolumeSource.CephMonitors": "monitors",
  "RBDVolumeSource.RBDImage": "image",
  "RBDVolumeSource.RBDPool": "pool",
  "RBDVolumeSource.RadosUser": "user",
  "GlusterfsVolumeSource.EndpointsName": "endpoints",
  "AzureDiskVolumeSource.DataDiskURI": "diskURI",
  "ISCSIVolumeSource.DiscoveryCHAPAuth": "chapAuthDiscovery",
  "ISCSIVolumeSource.SessionCHAPAuth": "chapAuthSession",
};

const ZEROS: Readonly<Record<string, string>> = { s: '""', b: "false", i: "0", q: '"0"' };

const META = ["name", "generateName", "namespace", "labels", "annotations", "ownerReferences", "finalizers"];

const byKey = (map: Loose): [string, Loose][] =>
  Object.entries(map as Record<string, Loose>).sort(([a], [b]) => (a < b ? -1 : 1));

function print(type: string, value: Loose): string {
  const absent = value === undefined || value === null;
  if (type.startsWith("*")) return absent ? "null" : print(type.slice(1), value);
  if (type.startsWith("[]")) {
    if (absent || value.length === 0) return "null";
    return `[${value.map((item: Loose) => print(type.slice(2), item)).join(",")}]`;
  }
  if (type.startsWith("%")) {
    const entries = absent ? [] : byKey(value);
    if (entries.length === 0) return "null";
    return object(entries.map(([key, item]) => [key, print(type.slice(1), item)]));
  }
  if (type === "metav1.LabelSelector") return printedSelector(value);
  const zero = ZEROS[type];
  if (zero !== undefined) return absent ? zero : JSON.stringify(value);
  return object(members(type, value ?? {}));
}

const object = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;

function members(type: string, value: Loose): [string, string][] {
  const names = new Map(Object.keys(value).map((key) => [key.toLowerCase(), key]));
  return (structs().get(type) ?? []).flatMap(([name, fieldType]): [string, string][] => {
    if (fieldType === "metav1.ObjectMeta") return metadata(value.metadata);
    // Embedded: its fields stand among these, as they do in v1.
    if (name === "") return members(fieldType, value);
    const key = RENAMED[`${type}.${name}`] ?? names.get(name.toLowerCase()) ?? name;
    return [[name, print(fieldType, fieldType === "*PodSecurityContext" ? securityContext(value) : value[key])]];
  });
}

/** These stand in the pod spec itself in v1. */
function securityContext({ securityContext: context, hostNetwork, hostPID, hostIPC, ...spec }: Loose): Loose {
  return {
    ...context,
    hostNetwork,
    hostPID,
    hostIPC,
    shareProcessNamespace: spec.shareProcessNamespace,
    hostUsers: spec.hostUsers,
  };
}

/** ObjectMeta has JSON names, also inside internal types. */
function metadata(meta: Loose): [string, string][] {
  return META.filter((name) => meta?.[name] !== undefined && Object.keys(meta[name]).length > 0).map((name) => {
    const value = meta[name];
    return [name, name === "labels" || name === "annotations" ? print("%s", value) : JSON.stringify(value)];
  });
}

export function printedSelector(selector: Loose): string {
  if (!selector) return "null";
  const { matchLabels, matchExpressions = [] } = selector;
  const members: [string, string][] = [];
  if (matchLabels && Object.keys(matchLabels).length > 0) members.push(["matchLabels", print("%s", matchLabels)]);
  if (matchExpressions.length > 0) {
    const expressions = matchExpressions.map(({ key = "", operator = "", values }: Loose) => ({
      key,
      operator,
      values,
    }));
    members.push(["matchExpressions", JSON.stringify(expressions)]);
  }
  return object(members);
}

export const printedTemplate = (template: Loose): string => print("PodTemplateSpec", template);
export const printedTemplateSpec = (spec: Loose): string => print("PodSpec", spec);
