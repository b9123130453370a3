// /scale: the same three numbers of every scalable kind as autoscaling/v1 Scale. Writes go to the parent under its version; only spec.replicas counts.
// Server-side apply merges Scales, and takes who owns the number from the parent and back.
import { formatSelector, selectorFromObject } from "../../core/query/selector.ts";
import { applyServerSide } from "../../core/patch/apply/apply.ts";
import { trackUpdate } from "../../core/patch/apply/update.ts";
import { parentOwners, scaleOwners, SCALE_VERSION } from "../../core/patch/apply/scale.ts";
import { cloneJson } from "../../core/patch/value.ts";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { ScalePaths } from "../../kinds/kind.ts";
import type { JsonObject, KubeObject, Loose } from "../../kinds/object.ts";
import { scale as scaleKind } from "../../kinds/scale.ts";
import { refusal } from "./apply.ts";
import { readAs, readBody } from "./body.ts";
import { parseApply } from "./decodepatch.ts";
import { type Exchange, apiVersionOf, keyOf, sendObject } from "./exchange.ts";
import { patchTypeOf, patched, readPatch } from "./patch.ts";
import { parseRow } from "./splice.ts";
import { internal, conflict, invalid, notFound } from "./status.ts";
import { checkName, readModifyWrite } from "./update.ts";
import { type Written, settleNamespace, timestamp } from "./write.ts";
import { type WriteOptions, writeOptionsOf } from "./writeoptions.ts";

const SCALE = { kind: scaleKind.kind, apiVersion: SCALE_VERSION, schema: scaleKind.schema };

function at(object: Loose, path: string): Loose {
  return path.split(".").reduce((value, key) => value?.[key], object);
}

function setAt(object: Loose, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() as string;
  let into = object;
  for (const key of keys) into = into[key] ??= {};
  into[last] = value;
}

/** A ReplicationController's selector is plain labels. */
function asSelector(selector: Loose): Loose {
  const plain = Object.values(selector ?? {}).some((value) => typeof value === "string");
  return plain ? { matchLabels: selector } : selector;
}

function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = at(object, paths.selector);
  const text = typeof selector === "string" ? selector : formatSelector(selectorFromObject(asSelector(selector)) ?? []);
  const replicas = at(object, paths.specReplicas);
  return {
    kind: SCALE.kind,
    apiVersion: SCALE.apiVersion,
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: at(object, paths.statusReplicas) ?? 0, ...(text === "" ? {} : { selector: text }) },
  };
}

/** The parent with a scale's number in it. @throws ApiError 422 */
function scaled(x: Exchange, parent: KubeObject, wanted: KubeObject, paths: ScalePaths): KubeObject {
  const replicas: unknown = wanted.spec?.replicas ?? 0;
  if (typeof replicas !== "number" || replicas < 0) {
    const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`;
    throw invalid({ group: "autoscaling", kind: "Scale" }, x.target.name, [
      { reason: "FieldValueInvalid", field: "spec.replicas", message },
    ]);
  }
  setAt(parent, paths.specReplicas, replicas);
  parent.metadata.resourceVersion = wanted.metadata.resourceVersion;
  return parent;
}

export async function scale(x: Exchange, verb: string): Promise<Response> {
  const paths = x.target.kind.scale as ScalePaths;
  if (verb === "get") {
    const row = await x.reader.get(keyOf(x.target));
    if (row === undefined) throw notFound(x.target.kind, x.target.name);
    if (
      x.target.kind.structural !== undefined &&
      at(parseRow(row.value, row.version), paths.specReplicas) === undefined
    )
      throw internal(`the spec replicas field ".${paths.specReplicas}" does not exist`);
    return answer(x, paths, row);
  }
  return answer(x, paths, verb === "update" ? await putScale(x, paths) : await patchScale(x, paths));
}

function answer(x: Exchange, paths: ScalePaths, { value, version }: Pick<Written, "value" | "version">): Response {
  const shown: Exchange = { ...x, target: { ...x.target, kind: scaleKind } };
  return sendObject(shown, 200, scaleOf(parseRow(value, version), paths));
}

/** @throws ApiError 409 */
function checkUid(x: Exchange, sent: string | undefined, old: KubeObject): void {
  if (!sent || sent === old.metadata.uid) return;
  const { group, resource } = x.target.kind;
  const why = `Precondition failed: UID in precondition: ${sent}, UID in object meta: ${old.metadata.uid ?? ""}`;
  throw conflict({ group, resource: `${resource}/scale` }, x.target.name, why);
}

async function putScale(x: Exchange, paths: ScalePaths): Promise<Written> {
  const options = writeOptionsOf(x, "UpdateOptions");
  const wanted = await readAs(x, SCALE, options.validation);
  checkName(x, wanted);
  settleNamespace(x, wanted);
  return write(x, options, paths, (old) => {
    checkUid(x, wanted.metadata.uid, old);
    return wanted;
  });
}

async function patchScale(x: Exchange, paths: ScalePaths): Promise<Written> {
  const type = patchTypeOf(x);
  if (type === "apply") return applyScale(x, paths);
  const options = writeOptionsOf(x, "PatchOptions");
  const parsed = await readPatch(x, type, options);
  const schema = schemaOf(SCALE.schema);
  return write(x, options, paths, (old) => {
    const doc = JSON.parse(JSON.stringify(scaleOf(old, paths))) as JsonObject;
    const wanted = patched(x, doc, parsed, schema, options);
    checkName(x, wanted);
    checkUid(x, wanted.metadata.uid, old);
    return wanted;
  });
}

async function applyScale(x: Exchange, paths: ScalePaths): Promise<Written> {
  const options = writeOptionsOf(x, "PatchOptions", true);
  const config = parseApply(await readBody(x.request, x.options.limits?.bodyBytes), options.validation, x.warnings);
  const now = timestamp(x.options.clock());
  return readModifyWrite(x, options, (old, row) => {
    const live = owned(old, paths);
    const result = applyServerSide({
      live,
      config: cloneJson(config as unknown as JsonObject) as unknown as KubeObject,
      schema: schemaOf(SCALE.schema),
      manager: options.manager,
      apiVersion: SCALE_VERSION,
      subresource: "scale",
      force: options.force,
      now,
    });
    if (!result.ok) throw refusal(result);
    const wanted = result.object;
    settleNamespace(x, wanted);
    checkName(x, wanted);
    checkUid(x, wanted.metadata.uid, old);
    return settled(x, old, scaled(x, parseRow(row.value, row.version), wanted, paths), wanted);
  });
}

/** The Scale with those who own the number. */
function owned(object: KubeObject, paths: ScalePaths): KubeObject {
  const live = scaleOf(object, paths);
  const managedFields = scaleOwners(object.metadata.managedFields, paths.specReplicas);
  if (managedFields !== undefined) live.metadata.managedFields = managedFields;
  return live;
}

/** `next` with the Scale's owners. */
function settled(x: Exchange, old: KubeObject, next: KubeObject, wanted: KubeObject) {
  const { kind } = x.target;
  next.metadata.managedFields = parentOwners(old.metadata.managedFields, wanted.metadata.managedFields, {
    path: (kind.scale as ScalePaths).specReplicas,
    apiVersion: apiVersionOf(kind),
  });
  return { next, part: "scale", tracked: true };
}

function write(
  x: Exchange,
  options: WriteOptions,
  paths: ScalePaths,
  wanted: (old: KubeObject) => KubeObject,
): Promise<Written> {
  const now = timestamp(x.options.clock());
  return readModifyWrite(x, options, (old, row) => {
    const sent = wanted(old);
    const managedFields = trackUpdate({
      old: owned(old, paths),
      next: sent,
      schema: schemaOf(SCALE.schema),
      manager: options.manager,
      apiVersion: SCALE_VERSION,
      subresource: "scale",
      now,
    });
    const next = scaled(x, parseRow(row.value, row.version), sent, paths);
    return settled(x, old, next, { ...sent, metadata: { ...sent.metadata, managedFields } });
  });
}
