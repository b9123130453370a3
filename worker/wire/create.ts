// POST to a collection, and the chain behind every creation (apply and PUT of a missing object create too):
//
//   metadata checks → defaults → managedFields → name → [into the stored version] → strategy → validation → one commit [namespace is there, create]
//
// The order is upstream's (endpoints/handlers/create.go, registry/rest/create.go), so the first error is the same one.
import type { FieldError, Kind } from "../../kinds/kind.ts";
import { NAMESPACES } from "../../kinds/namespace.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import type { Commit, Key, Row } from "../store/store.ts";
import { admitNew } from "./admit.ts";
import { checkEscalation } from "./escalation.ts";
import { readObject } from "./body.ts";
import { servedText, storedKind } from "./convert.ts";
import { type Exchange, keyOf, sendStored } from "./exchange.ts";
import { track } from "./managed.ts";
import { generateName } from "./names.ts";
import { refuseObserved } from "./observed.ts";
import { dropRepeatedOwners } from "./owners.ts";
import { weigh } from "./plan.ts";
import { projectionOf } from "./projectedwrite.ts";
import { storedText } from "./splice.ts";
import {
  type ApiError,
  alreadyExists,
  forbidden,
  invalid,
  methodNotAllowed,
  notFound,
  unclassified,
} from "./status.ts";
import { type Written, committer, invalidKind, settleNamespace, timestamp } from "./write.ts";
import { type WriteOptions, writeOptionsOf } from "./writeoptions.ts";

const NAME_TRIES = 8;

/** Where objects of this kind live: checked in the same commit that creates one. */
function namespaceKey(x: Exchange): Key | undefined {
  const { kind, namespace } = x.target;
  if (!kind.namespaced || !x.options.kinds.all.some((k) => k.resource === NAMESPACES && k.group === ""))
    return undefined;
  return { resource: NAMESPACES, namespace: "", name: namespace };
}

/** Admission's NamespaceLifecycle. */
function namespaceError(x: Exchange, name: string, reason: "missing" | "deleting") {
  const { kind, namespace } = x.target;
  if (reason === "missing") return notFound({ group: "", resource: NAMESPACES }, namespace);
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return forbidden(kind, name, why, [
    {
      reason: "NamespaceTerminating",
      message: `namespace ${namespace} is being terminated`,
      field: "metadata.namespace",
    },
  ]);
}

/** Fields that a client may not choose (rest.WipeObjectMetaSystemFields). */
function dropServerFields(object: KubeObject): void {
  const { metadata } = object;
  metadata.uid = undefined;
  metadata.creationTimestamp = undefined;
  metadata.deletionTimestamp = undefined;
  metadata.deletionGracePeriodSeconds = undefined;
  (metadata as { selfLink?: string }).selfLink = undefined;
}

export interface CreateRequest {
  object: KubeObject;
  options: WriteOptions;
  /** managedFields are already there (server-side apply made them). */
  tracked?: boolean;
}

export async function create(x: Exchange, { object, options, tracked }: CreateRequest): Promise<Written> {
  const { kind } = x.target;
  const commit = committer(x);
  if (projectionOf(x) !== undefined) throw methodNotAllowed(kind.refuses?.("create", ""));
  refuseObserved(kind, object);
  dropServerFields(object);
  settleNamespace(x, object);
  dropRepeatedOwners(object.metadata, x.warnings, tracked);
  const now = x.options.clock();
  kind.setDefaults?.(object);
  if (kind.status) object.status = undefined;
  if (!tracked) object.metadata.managedFields = track(x, { next: object, options, now: timestamp(now) });
  const made = kind.conversion === undefined ? object : kind.conversion.toStored(object);
  const { metadata } = made;
  metadata.uid = x.options.uid();
  metadata.creationTimestamp = timestamp(now);
  const prefix = metadata.name ? undefined : metadata.generateName || undefined;
  if (prefix !== undefined) metadata.name = generateName(prefix, x.options.random);
  const stored = storedKind(kind);
  if (stored !== kind) stored.setDefaults?.(made);
  if (stored.generation) metadata.generation = 1;
  const said = stored.prepareCreate?.(made);
  stored.stamp?.(made, undefined, timestamp(now));
  await checkEscalation(x, stored, made);
  const refused = await admitNew(x, stored, made);
  if (said && refused === undefined) x.warnings.push(...said);
  const home = namespaceKey(x);
  const errors = validateNew(kind, stored, object, made);
  if (refused !== undefined || errors.length > 0 || metadata.resourceVersion) {
    // Admission comes before validation: a missing namespace is the first error.
    const found = home && (await x.options.reader.get(home));
    if (home !== undefined && found === undefined) throw namespaceError(x, metadata.name, "missing");
    if (refused !== undefined) throw forbidden(stored, prefix ?? metadata.name ?? "", refused);
    if (errors.length > 0) throw invalid(invalidKind({ kind: stored, next: made }), metadata.name ?? "", errors);
    throw unclassified("resourceVersion should not be set on objects to be created");
  }
  if (stored.warnings !== undefined) x.warnings.push(...stored.warnings(made));
  for (let attempt = 1; ; attempt++) {
    const text = storedText(made);
    const value = kind.conversion === undefined ? text : servedText(kind.conversion, text);
    const key = keyOf(x.target, metadata.name);
    const refs = objectRefs(made);
    if (options.dryRun) await dryCreate(x, key, home);
    await weigh(x, { kind: stored, key, after: { object: made, value: text, refs }, dryRun: options.dryRun });
    if (options.dryRun) return { value, version: 0, created: true };
    const ops: Commit["ops"] = [{ op: "create", key, value: text, refs }];
    if (home !== undefined) ops.unshift({ op: "require", key: home });
    const result = await commit({ ops });
    if (result.ok) return { value, version: result.versions.at(-1) as number, created: true };
    if (result.index === 0 && home !== undefined) {
      throw namespaceError(x, metadata.name, result.reason === "deleting" ? "deleting" : "missing");
    }
    if (prefix === undefined) throw await taken(x, key);
    if (attempt === NAME_TRIES) throw alreadyExists(kind, metadata.name, true);
    metadata.name = generateName(prefix, x.options.random);
  }
}

async function taken(x: Exchange, key: Key): Promise<ApiError> {
  const row = await x.options.reader.get(key);
  return alreadyExists(x.target.kind, key.name, false, row !== undefined && isDeleting(row));
}

const isDeleting = (row: Row): boolean =>
  (JSON.parse(row.value) as KubeObject).metadata.deletionTimestamp !== undefined;

/** By the served version's own rules, where it has some: they are the whole. */
function validateNew(kind: Kind, stored: Kind, object: KubeObject, made: KubeObject): readonly FieldError[] {
  if (stored === kind || kind.validate === undefined) return stored.validate?.(made) ?? [];
  // It sees the name that was generated, which stands in what will be stored.
  object.metadata.name = made.metadata.name;
  return kind.validate(object);
}

async function dryCreate(x: Exchange, key: Key, home: Key | undefined): Promise<void> {
  const rows = await x.options.reader.getMany(home === undefined ? [key] : [home, key]);
  const found =
    home && rows.find((row) => row.resource === home.resource && row.name === home.name && row.namespace === "");
  if (home !== undefined && found === undefined) throw namespaceError(x, key.name, "missing");
  if (found !== undefined && isDeleting(found)) {
    throw namespaceError(x, key.name, "deleting");
  }
  const there = rows.find((row) => row !== found);
  if (there !== undefined) throw alreadyExists(x.target.kind, key.name, false, isDeleting(there));
}

export async function post(x: Exchange): Promise<Response> {
  const options = writeOptionsOf(x, "CreateOptions");
  const object = await readObject(x, options.validation);
  const written = await create(x, { object, options });
  return sendStored(x, 201, written.value, written.version);
}
