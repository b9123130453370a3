// Server-side apply: live object + configuration -> merged object with managedFields, or the conflicts. The caller defaults and
// validates the result afterwards; defaulted fields have no owner. An apply that changes nothing returns `live` itself.
// Not checked here, since they need the request: name, namespace and kind of the URL, uid and resourceVersion preconditions. The
// result carries the configuration's uid and resourceVersion where it names them; the caller compares them with the live object's.
// apimachinery pkg/util/managedfields/internal, structured-merge-diff merge/update.go Apply.
import type { JsonObject, JsonValue, KubeObject } from "../../../kinds/object.ts";
import { parseApiVersion } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { compare, without } from "./compare.ts";
import { type Conflict, conflictsOf } from "./conflict.ts";
import { difference, EMPTY, equals, type FieldSet, isEmpty, recursiveDifference, union } from "./fieldset.ts";
import { clientSideFields, syncAnnotation } from "./lastapplied.ts";
import { decodeManagers, encodeManagers, managerId, type Managers, type ManagerSet } from "./managers.ts";
import { merge } from "./merge.ts";
import { prune, settle } from "./prune.ts";
import { fieldSetOf } from "./toset.ts";
import { blankOf } from "./typed.ts";
import { unlessSame } from "./times.ts";
import { inVersions, moveToUpdater, owned, release, resetSet, taken, tracked, type Writer } from "./update.ts";
import { configErrors } from "./validate.ts";

export type { Conflict } from "./conflict.ts";

export interface Apply extends Writer {
  /** Absent when the object does not exist: apply creates it. */
  live?: KubeObject;
  config: KubeObject;
  schema: Schema;
  force: boolean;
}

export type ApplyResult =
  | { ok: true; object: KubeObject; created: boolean }
  | { ok: false; conflicts: Conflict[] }
  /** 500 is upstream's answer to a configuration that does not fit the schema. */
  | { ok: false; code: 400 | 422 | 500; message: string };

export function applyServerSide(apply: Apply): ApplyResult {
  const refusal = refuse(apply);
  if (refusal !== undefined) return refusal;
  const { live, config, schema, apiVersion } = apply;
  const managers = decodeManagers(live?.metadata.managedFields) ?? new Map<string, ManagerSet>();
  if (managers.size === 0 && live !== undefined) adopt(managers, live, apply);

  const attempt = new Attempt(apply, managers);
  let lost = apply.force ? new Map<string, FieldSet>() : taken(managers, attempt.changes, attempt.id);
  if (lost.size > 0 && apply.manager === "kubectl" && live !== undefined) {
    lost = beyond(lost, clientSideFields(live, apiVersion, schema) ?? EMPTY);
  }
  if (lost.size > 0) return { ok: false, conflicts: conflictsOf(lost, managers) };
  const object = attempt.finish();
  return {
    ok: true,
    object: apply.manager === "kubectl" ? syncAnnotation(object, config) : object,
    created: live === undefined,
  };
}

function refuse({ live, config, schema, apiVersion }: Apply): ApplyResult | undefined {
  const { group, version } = parseApiVersion(config.apiVersion);
  const type = `${group}/${version}, Kind=${config.kind}`;
  if (config.apiVersion !== apiVersion || (live !== undefined && live.kind !== config.kind)) {
    return { ok: false, code: 400, message: `invalid object type: ${type}` };
  }
  if (Array.isArray(config.metadata.managedFields))
    return { ok: false, code: 400, message: "metadata.managedFields must be nil" };
  const errors = configErrors(config as unknown as JsonValue, schema);
  if (errors === undefined) return undefined;
  const { namespace = "", name = "" } = config.metadata;
  return {
    ok: false,
    code: 500,
    message: `failed to create typed patch object (${namespace}/${name}; ${type}): ${errors}`,
  };
}

/** An object nobody managed: all its fields belong to "before-first-apply" from now on (internal/skipnonapplied.go). */
function adopt(managers: Managers, live: KubeObject, apply: Apply): void {
  const changes = compare(blankOf(apply.schema), tracked(live), apply.schema);
  moveToUpdater(managers, without(changes, resetSet(apply.reset)), { ...apply, manager: "before-first-apply" });
}

/** What remains of the conflicts once the fields of `allowed` may be taken. */
function beyond(lost: ReadonlyMap<string, FieldSet>, allowed: FieldSet): Map<string, FieldSet> {
  const rest = new Map<string, FieldSet>();
  for (const [id, set] of lost) {
    const fields = difference(set, allowed);
    if (!isEmpty(fields)) rest.set(id, fields);
  }
  return rest;
}

/** One merge, before it is known whether others object. */
class Attempt {
  readonly id: string;
  readonly changes;
  private readonly before: JsonObject;
  /** With the nulls that a removal leaves behind: upstream compares before it decodes them away. */
  private readonly merged: JsonObject;
  private readonly set: FieldSet;
  private readonly last: ManagerSet | undefined;
  private readonly apply: Apply;
  private readonly managers: Managers;

  constructor(apply: Apply, managers: Managers) {
    const { live, schema, manager, subresource } = apply;
    const reset = resetSet(apply.reset);
    const config = tracked(apply.config);
    this.apply = apply;
    this.managers = managers;
    this.id = managerId({ manager: manager || "unknown", operation: "Apply", subresource });
    this.last = managers.get(this.id);
    this.set = recursiveDifference(fieldSetOf(config, schema), reset);
    this.before = live === undefined ? {} : tracked(live);
    let merged = merge(this.before, config, schema);
    if (this.last !== undefined) {
      let managed = this.set;
      for (const [id, owner] of managers) if (id !== this.id) managed = union(managed, owner.set);
      merged = prune(merged, schema, this.last.set, this.set, managed);
    }
    this.merged = merged as JsonObject;
    // A new object has no other owners, so nothing to compare.
    const changes = without(compare(managers.size === 0 ? merged : this.before, merged, schema), reset);
    this.changes = inVersions(changes, live, merged as unknown as KubeObject, apply);
  }

  finish(): KubeObject {
    const { apply, managers, id, last } = this;
    const { live, manager, apiVersion, subresource = "", now } = apply;
    const changed = live === undefined || this.merged !== this.before;
    release(managers, this.changes, id);
    const set = owned(this.set);
    if (isEmpty(set)) managers.delete(id);
    else {
      const same = last !== undefined && equals(last.set, set);
      const time = changed ? now : last?.time;
      managers.set(id, {
        manager: manager || "unknown",
        operation: "Apply",
        apiVersion,
        subresource,
        time,
        set: same ? last.set : set,
        source: last?.source,
      });
    }
    const managedFields = encodeManagers(managers, live?.metadata.managedFields);
    const after = settle(this.merged, this.before, apply.schema) as unknown as KubeObject;
    const { apiVersion: version, kind, metadata, ...rest } = after;
    const meta = managedFields === undefined ? metadata : { ...metadata, managedFields };
    const object = { apiVersion: version, kind, metadata: meta, ...rest };
    return live === undefined ? object : unlessSame(live, object);
  }
}
