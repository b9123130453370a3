// DELETE of one object or of a collection. Options come from the body (JSON, YAML, protobuf) or from the query. An object that
// finalizers hold is only marked; nobody here removes a finalizer on another's behalf.
import type { FieldError } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { mediaOf, readBody } from "./body.ts";
import { decodeBody } from "./decode.ts";
import { type Exchange, keyOf, send, sendStored } from "./exchange.ts";
import { find, sendList } from "./list.ts";
import { listOptionsOf } from "./listoptions.ts";
import { parseRow, storedText } from "./splice.ts";
import { ApiError, conflict, forbidden, invalidOptions, notFound, successStatus } from "./status.ts";
import { committer, timestamp } from "./write.ts";
import { dryRunErrors } from "./writeoptions.ts";

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

function optionErrors(o: DeleteOptions): FieldError[] {
  const errors: FieldError[] = [];
  const policy = o.propagationPolicy;
  if (policy !== undefined && o.orphanDependents !== undefined) {
    errors.push({
      reason: "FieldValueInvalid",
      field: "propagationPolicy",
      message: `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`,
    });
  }
  if (policy !== undefined && policy !== "Foreground" && policy !== "Background" && policy !== "Orphan") {
    errors.push({
      reason: "FieldValueNotSupported",
      field: "propagationPolicy",
      message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    });
  }
  return [...errors, ...dryRunErrors(o.dryRun ?? [])];
}

/** @throws ApiError 400, 413, 415, 422 */
async function deleteOptionsOf(x: Exchange): Promise<DeleteOptions> {
  const bytes = await readBody(x.request, x.options.limits?.bodyBytes);
  let options: DeleteOptions;
  if (bytes.length > 0) {
    const expected = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      schema: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
      bare: true,
    };
    options = decodeBody(bytes, mediaOf(x.request), expected, "Ignore", []) as DeleteOptions;
  } else {
    const { query } = x;
    const orphan = query.get("orphanDependents");
    options = {
      propagationPolicy: query.get("propagationPolicy") ?? undefined,
      dryRun: query.getAll("dryRun"),
      orphanDependents: orphan === null ? undefined : orphan !== "false" && orphan !== "0",
    };
  }
  const errors = optionErrors(options);
  if (errors.length > 0) throw invalidOptions("DeleteOptions", errors);
  return options;
}

function checkPreconditions(x: Exchange, o: DeleteOptions, { metadata }: KubeObject): void {
  const { uid, resourceVersion } = o.preconditions ?? {};
  // Upstream names the Kind here, not the resource (registry/rest/delete.go BeforeDelete).
  const named = { group: x.target.kind.group, resource: x.target.kind.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      named,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      named,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

/** Finalizers after the options had their say; the garbage collector's two only where there is one. */
function finalizersFor(x: Exchange, o: DeleteOptions, finalizers: readonly string[]): string[] {
  if (!x.options.garbageCollector) return [...finalizers];
  const policy =
    o.propagationPolicy ??
    (o.orphanDependents === true ? "Orphan" : o.orphanDependents === false ? "Background" : undefined);
  const kept = finalizers.filter((f) => f !== FOREGROUND && f !== ORPHAN);
  if (policy === "Orphan" || (policy === undefined && finalizers.includes(ORPHAN))) return [...kept, ORPHAN];
  if (policy === "Foreground" || (policy === undefined && finalizers.includes(FOREGROUND)))
    return [...kept, FOREGROUND];
  return kept;
}

/**
 * Orphaning would leave what a workload made: at a federation's root that is what runs in its clusters, and nothing can be left there yet.
 * Taking it for Background would remove what somebody asked to keep. @throws ApiError 422
 */
function checkOrphans(x: Exchange, o: DeleteOptions): void {
  if (x.options.garbageCollector || x.target.kind.federation.rule !== "workload") return;
  if (o.propagationPolicy !== "Orphan" && o.orphanDependents !== true) return;
  const message = "Forbidden: what it made in the clusters cannot be left there; delete it with Background";
  throw invalidOptions("DeleteOptions", [{ reason: "FieldValueForbidden", field: "propagationPolicy", message }]);
}

interface Deleted {
  /** It is gone; else only marked. */
  gone: boolean;
  value: string;
  version: number;
  object: KubeObject;
}

/** Deletes one object or marks it; repeats when it changes meanwhile. @throws ApiError 403, 404, 409 */
async function remove(x: Exchange, name: string, o: DeleteOptions): Promise<Deleted> {
  const { kind } = x.target;
  const commit = committer(x);
  checkOrphans(x, o);
  const key = keyOf(x.target, name);
  const dryRun = (o.dryRun ?? []).length > 0;
  if (kind.undeletable?.includes(name)) throw forbidden(kind, name, `this ${kind.singular} may not be deleted`);
  for (;;) {
    const row = await x.reader.get(key);
    if (row === undefined) throw notFound(kind, name);
    const object = parseRow(row.value, row.version);
    checkPreconditions(x, o, object);
    const { metadata } = object;
    const finalizers = finalizersFor(x, o, metadata.finalizers ?? []);
    const held = finalizers.length > 0 || (kind.finalize && object.spec?.finalizers?.length > 0);
    if (!held) {
      if (dryRun) return { gone: true, value: row.value, version: row.version, object };
      const result = await commit({ ops: [{ op: "delete", key, expect: row.version }] });
      if (result.ok) return { gone: true, value: row.value, version: result.versions[0] as number, object };
      continue;
    }
    if (metadata.deletionTimestamp === undefined) {
      metadata.deletionTimestamp = timestamp(x.options.clock());
      if (metadata.generation) metadata.generation += 1;
    }
    metadata.deletionGracePeriodSeconds = finalizers.length > 0 ? 0 : metadata.deletionGracePeriodSeconds;
    metadata.finalizers = finalizers.length > 0 ? finalizers : undefined;
    if (kind.finalize) object.status = { ...object.status, phase: "Terminating" };
    const value = storedText(object);
    if (dryRun || value === row.value) return { gone: false, value, version: row.version, object };
    const result = await commit({ ops: [{ op: "update", key, value, expect: row.version, deleting: true }] });
    if (result.ok) return { gone: false, value, version: result.versions[0] as number, object };
  }
}

export async function del(x: Exchange): Promise<Response> {
  const o = await deleteOptionsOf(x);
  const { kind, name } = x.target;
  const deleted = await remove(x, name, o);
  const code = !deleted.gone && o.orphanDependents === false ? 202 : 200;
  if (deleted.gone && !kind.returnsDeleted) {
    const { code: _shown, ...status } = successStatus(kind, name, deleted.object.metadata.uid);
    return send(x, 200, JSON.stringify(status));
  }
  return sendStored(x, code, deleted.value, deleted.version);
}

export async function deleteCollection(x: Exchange): Promise<Response> {
  committer(x);
  const o = await deleteOptionsOf(x);
  const listOptions = listOptionsOf(x);
  const found = await find(x, listOptions);
  for (const row of found.rows) {
    const one: Exchange = { ...x, target: { ...x.target, namespace: row.namespace, name: row.name } };
    try {
      await remove(one, row.name, o);
    } catch (error) {
      if (!(error instanceof ApiError && error.status.code === 404)) throw error;
    }
  }
  return sendList(x, listOptions, found);
}
