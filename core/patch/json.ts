// JSON patch (RFC 6902) with the deviations of evanphx/json-patch v4, which every kube-apiserver uses: negative indexes count from
// the end, `replace` of a missing object member adds it, an absent `value` is null. Containers are copied once, when first changed:
// the document and the patch handed in stay as they were. Refuses more than 10,000 operations and 3 MiB grown by `copy`.
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { MAX_DEPTH } from "../codec/json.ts";
import { type PatchResult, REJECTED } from "./result.ts";
import { cloneJson, field, isMap, jsonEqual, put } from "./value.ts";

/** apiserver pkg/endpoints/handlers/patch.go maxJSONPatchOperations. */
const MAX_OPERATIONS = 10_000;
/** apiserver pkg/server/config.go JSONPatchMaxCopyBytes. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

type Container = JsonObject | JsonValue[];

interface Target {
  container: Container;
  key: string;
}

/** Why an operation does not apply; caught in applyJsonPatch only. */
class Refusal extends Error {}

export function applyJsonPatch(doc: JsonObject, patch: unknown): PatchResult {
  if (!Array.isArray(patch)) return malformed(patch, "Go value of type []handlers.jsonPatchOp");
  for (const operation of patch as unknown[]) {
    if (operation === null) continue;
    if (!isMap(operation)) return malformed(operation, "Go value of type handlers.jsonPatchOp");
    for (const name of ["op", "path", "from"]) {
      const text = field(operation, name);
      if (text !== undefined && text !== null && typeof text !== "string") {
        return malformed(text, `Go struct field jsonPatchOp.${name} of type string`);
      }
    }
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    return { ok: false, code: 413, message: `Request entity too large: ${message}` };
  }
  const run = new Run(doc);
  try {
    for (const operation of patch as (JsonObject | null)[]) run.apply(operation ?? {});
    // Copying into itself nests deeper than any body could.
    if (deeperThan(run.root, MAX_DEPTH)) throw new Refusal("the patched document is nested too deeply");
  } catch (error) {
    // RangeError: it was too deep to be walked at all.
    if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
    return { ok: false, code: 422, message: REJECTED, detail: error.message };
  }
  if (!isMap(run.root))
    return { ok: false, code: 422, message: REJECTED, detail: "the patched document is not an object" };
  return { ok: true, object: run.root };
}

function deeperThan(value: JsonValue, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner as JsonValue, levels - 1));
}

function malformed(value: unknown, target: string): PatchResult {
  const kind =
    value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return { ok: false, code: 400, message: `error decoding patch: json: cannot unmarshal ${kind} into ${target}` };
}

class Run {
  root: JsonValue;
  /** Containers made by this run: they may be changed in place. */
  private readonly own = new Set<Container>();
  private copiedBytes = 0;

  constructor(doc: JsonObject) {
    this.root = doc;
  }

  apply(operation: JsonObject): void {
    const op = operation.op ?? "unknown";
    switch (op) {
      case "add":
        return add(this.target(path(operation, "path"), "add"), field(operation, "value") ?? null);
      case "remove":
        return remove(this.target(path(operation, "path"), "remove"));
      case "replace":
        return this.replace(path(operation, "path"), field(operation, "value") ?? null);
      case "move": {
        const from = this.target(path(operation, "from"), "move");
        const value = get(from) ?? null;
        remove(from);
        return add(this.target(path(operation, "path"), "move"), value);
      }
      case "copy": {
        const copy = cloneJson(get(this.find(path(operation, "from"), "copy")) ?? null);
        this.copiedBytes += JSON.stringify(copy).length;
        if (this.copiedBytes > MAX_COPIED_BYTES) {
          throw new Refusal(
            `the accumulated size increase of copy is ${this.copiedBytes}, exceeding the limit ${MAX_COPIED_BYTES}`,
          );
        }
        return add(this.target(path(operation, "path"), "copy"), copy);
      }
      case "test":
        return this.test(path(operation, "path"), field(operation, "value") ?? null);
      default:
        throw new Refusal(`Unexpected kind: ${String(op)}`);
    }
  }

  private replace(at: string, value: JsonValue): void {
    if (at === "") {
      if (typeof value !== "object" || value === null)
        throw new Refusal("replace operation value must be object or array");
      this.root = value;
      return;
    }
    const { container, key } = this.target(at, "replace");
    if (Array.isArray(container)) container[index(container.length, key)] = value;
    else put(container, key, value);
  }

  private test(at: string, value: JsonValue): void {
    const found = at === "" ? this.root : (get(this.find(at, "test")) ?? null);
    if (!jsonEqual(found, value)) throw new Refusal(`testing value ${at} failed: test failed`);
  }

  /** The container a path ends in, to read from. */
  private find(at: string, op: string): Target {
    const parts = split(at, op);
    let container = this.root as Container;
    for (const part of parts.slice(0, -1)) container = inside(get({ container, key: part }), at, op);
    return { container, key: parts.at(-1)! };
  }

  /** The same, to write into: every container on the way is now our own. */
  private target(at: string, op: string): Target {
    const parts = split(at, op);
    let container = this.owned(this.root as Container);
    this.root = container;
    for (const part of parts.slice(0, -1)) {
      const next = inside(get({ container, key: part }), at, op);
      const mine = this.owned(next);
      if (mine !== next) {
        if (Array.isArray(container)) container[index(container.length, part)] = mine;
        else put(container, part, mine);
      }
      container = mine;
    }
    return { container, key: parts.at(-1)! };
  }

  private owned(container: Container): Container {
    if (this.own.has(container)) return container;
    const copy = Array.isArray(container) ? [...container] : { ...container };
    this.own.add(copy);
    return copy;
  }
}

function path(operation: JsonObject, name: "path" | "from"): string {
  const text = field(operation, name);
  if (typeof text !== "string") throw new Refusal(`operation missing ${name} field: missing value`);
  return text;
}

/** RFC 6901 tokens. What stands before the first slash is ignored, as upstream does; without a slash there is no target. */
function split(at: string, op: string): string[] {
  const parts = at.split("/").slice(1);
  if (parts.length === 0)
    throw new Refusal(`${op} operation does not apply: doc is missing path: "${at}": missing value`);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function inside(value: JsonValue | undefined, at: string, op: string): Container {
  if (typeof value === "object" && value !== null) return value;
  throw new Refusal(`${op} operation does not apply: doc is missing path: "${at}": missing value`);
}

function get({ container, key }: Target): JsonValue | undefined {
  return Array.isArray(container) ? container[index(container.length, key)] : field(container, key);
}

function add({ container, key }: Target, value: JsonValue): void {
  if (!Array.isArray(container)) put(container, key, value);
  else if (key === "-") container.push(value);
  else container.splice(index(container.length + 1, key), 0, value);
}

function remove({ container, key }: Target): void {
  if (Array.isArray(container)) container.splice(index(container.length, key), 1);
  else if (Object.hasOwn(container, key)) delete container[key];
  else throw new Refusal(`Unable to remove nonexistent key: ${key}: missing value`);
}

/** An index as strconv.Atoi reads it; negative ones count from the end of `length`. */
function index(length: number, key: string): number {
  const wanted = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
  if (Number.isNaN(wanted)) throw new Refusal(`value was not a proper array index: '${key}'`);
  if (wanted >= length || wanted < -length)
    throw new Refusal(`Unable to access invalid index: ${key}: invalid index referenced`);
  return wanted < 0 ? wanted + length : wanted;
}
