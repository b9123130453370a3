// Leaves out what Go's `omitempty` leaves out: kube-apiserver decodes a body into Go values and encodes them again, so that
// `hostNetwork: false`, `value: ""` or `volumes: []` never come back, while pointers (`replicas: 0`) do. Which field is what is
// in the facts. Nothing is added here, and metadata.managedFields is let be: there an empty list is an order to reset.
import { facts } from "../facts/facts.ts";
import type { KubeObject, Loose } from "../object.ts";

interface Field {
  /** Written even when empty (no omitempty), or a pointer: present means present. */
  keep: boolean;
  shape: "scalar" | "list" | "map" | "message";
  /** Definition of the message, or of a list's or map's items. */
  child: string | undefined;
}

const tables = new Map<string, ReadonlyMap<string, Field>>();

/** Fields of a message, those of inlined ones included. Format: kinds/facts/generate/messages.ts. */
function tableOf(definition: string): ReadonlyMap<string, Field> {
  const known = tables.get(definition);
  if (known !== undefined) return known;
  const table = new Map<string, Field>();
  tables.set(definition, table);
  for (const text of facts().messages[definition] ?? []) {
    const [, name = "", type = "", flags = ""] = text.split(" ");
    const child = type.includes("@") ? type.slice(type.indexOf("@") + 1) : undefined;
    if (flags.includes("n") && child !== undefined) {
      for (const [inner, field] of tableOf(child)) table.set(inner, field);
      continue;
    }
    const shape = type.startsWith("*")
      ? "list"
      : type.startsWith("%")
        ? "map"
        : child === undefined
          ? "scalar"
          : "message";
    table.set(name, { keep: flags.includes("z") || (shape === "scalar" && flags.includes("p")), shape, child });
  }
  return table;
}

/** In place. `definition` is the kind's schema. */
export function dropZeros(object: KubeObject, definition: string): void {
  const { managedFields } = object.metadata;
  if (managedFields !== undefined) delete object.metadata.managedFields;
  walk(object, tableOf(definition));
  if (managedFields !== undefined) object.metadata.managedFields = managedFields;
}

function walk(value: Loose, table: ReadonlyMap<string, Field>): void {
  for (const key of Object.keys(value)) {
    const field = table.get(key);
    if (field === undefined) continue;
    const child = value[key];
    if (typeof child !== "object" || child === null) {
      if (!field.keep && field.shape === "scalar" && (child === "" || child === 0 || child === false))
        delete value[key];
    } else if (Array.isArray(child)) {
      if (child.length === 0 && !field.keep) delete value[key];
      else if (field.child !== undefined) for (const item of child) inside(item, field.child);
    } else if (field.shape === "map") {
      if (!field.keep && isEmpty(child)) delete value[key];
      else if (field.child !== undefined) for (const item of Object.values(child)) inside(item, field.child);
    } else if (field.child !== undefined) {
      walk(child, tableOf(field.child));
    }
  }
}

function inside(value: Loose, definition: string): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) walk(value, tableOf(definition));
}

function isEmpty(object: Loose): boolean {
  for (const _ in object) return false;
  return true;
}
