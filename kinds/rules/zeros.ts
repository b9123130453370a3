// dropZeros leaves out what Go's `omitempty` leaves out: kube-apiserver decodes a body into Go values and encodes them again, so that
// `hostNetwork: false`, `value: ""` or `volumes: []` never come back, while pointers (`replicas: 0`) do. Which field is what is
// in the facts. It adds nothing, and lets metadata.managedFields be: there an empty list is an order to reset.
// showZeros adds what Go writes without being asked: fields without omitempty, and structs held by value.
import { facts } from "../facts/facts.ts";
import type { KubeObject, Loose } from "../object.ts";

interface Field {
  /** Written even when empty (no omitempty), or a pointer: present means present. */
  keep: boolean;
  shape: "scalar" | "list" | "map" | "message";
  /** Definition of the message, or of a list's or map's items. */
  child: string | undefined;
  /** What Go writes where nothing was set; undefined: nothing. An object is a message with zeros of its own. */
  zero: "" | 0 | false | null | "0" | object | undefined;
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const ZEROS: Record<string, Field["zero"]> = {
  s: "",
  y: null,
  i: 0,
  d: 0,
  b: false,
  [`@${META}Time`]: null,
  [`@${META}MicroTime`]: null,
  "@io.k8s.apimachinery.pkg.api.resource.Quantity": "0",
  "@io.k8s.apimachinery.pkg.util.intstr.IntOrString": 0,
};

function zeroOf(type: string, flags: string, shape: Field["shape"]): Field["zero"] {
  if (flags.includes("p") || flags.includes("o")) return undefined;
  if (shape === "message") return type in ZEROS ? ZEROS[type] : {};
  if (!flags.includes("z")) return undefined;
  return shape === "scalar" ? ZEROS[type] : null;
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
    const keep = flags.includes("z") || (shape === "scalar" && flags.includes("p"));
    table.set(name, { keep, shape, child, zero: zeroOf(type, flags, shape) });
  }
  return table;
}

/** In place: a message of type `definition`, and all messages in it. Objects' metadata is let be. */
export function showZeros(value: Loose, definition: string): void {
  for (const [name, { zero, shape, child }] of tableOf(definition)) {
    if (name === "metadata") continue;
    if (value[name] === undefined && zero !== undefined) value[name] = typeof zero === "object" && zero ? {} : zero;
    const here = value[name];
    if (child === undefined || typeof here !== "object" || here === null) continue;
    if (shape === "message") showZeros(here, child);
    else for (const item of Object.values(here)) if (typeof item === "object" && item) showZeros(item, child);
  }
}

/** In place: the same for the conditions in the status of a `definition`. */
export function showConditionZeros(object: KubeObject, definition: string): void {
  const status = tableOf(definition).get("status")?.child;
  const condition = status && tableOf(status).get("conditions")?.child;
  if (condition === undefined || !Array.isArray(object.status?.conditions)) return;
  for (const one of object.status.conditions) showZeros(one, condition);
}

/** Fields that Go writes even when they are empty, and whether as null; undefined: no definition of Kubernetes. */
export function writtenEmpty(definition: string): ReadonlyMap<string, "null" | "zero"> | undefined {
  const fields = facts().messages[definition];
  if (fields === undefined) return undefined;
  const found = new Map<string, "null" | "zero">();
  for (const text of fields) {
    const [, name = "", type = "", flags = ""] = text.split(" ");
    const child = type.slice(type.indexOf("@") + 1);
    if (flags.includes("n")) for (const [inner, as] of writtenEmpty(child) ?? []) found.set(inner, as);
    else if (flags.includes("z")) found.set(name, flags.includes("p") || /^[*%]/.test(type) ? "null" : "zero");
    // A time held by value is null where it is not set, omitempty or not.
    else if (/^@.*Time$/.test(type) && ZEROS[type] === null && !/[op]/.test(flags)) found.set(name, "null");
  }
  return found;
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
