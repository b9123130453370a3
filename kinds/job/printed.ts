// A pod template as kube-apiserver prints it in an error: its internal types have Go's field names and no omitempty, so every field is
// there, in the order of kinds/facts/internal.ts. Takes the v1 form; answers with JSON text.
import { goFields } from "../facts/gotypes.ts";
import type { Loose } from "../object.ts";

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
  return goFields(type).flatMap(({ go, name, type: of }): [string, string][] => {
    if (of === "metav1.ObjectMeta") return metadata(value.metadata);
    // Embedded: its fields stand among these, as they do in v1.
    if (go === "") return members(of, value);
    return [[go, print(of, of === "*PodSecurityContext" ? securityContext(value) : value[name])]];
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
