// /scale: the same three numbers of every scalable kind as autoscaling/v1 Scale. Writes go to the parent under its version; only spec.replicas counts.
import { formatSelector, selectorFromObject } from "../../core/query/selector.ts";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { ScalePaths } from "../../kinds/kind.ts";
import type { JsonObject, KubeObject, Loose } from "../../kinds/object.ts";
import { readAs } from "./body.ts";
import { type Exchange, keyOf, send } from "./exchange.ts";
import { patchTypeOf, patched, readPatch } from "./patch.ts";
import { parseRow } from "./splice.ts";
import { invalid, notFound, unsupportedMedia } from "./status.ts";
import { checkName, checkUid, readModifyWrite } from "./update.ts";
import { type Written, settleNamespace } from "./write.ts";
import { type WriteOptions, writeOptionsOf } from "./writeoptions.ts";

const SCALE = { kind: "Scale", apiVersion: "autoscaling/v1", schema: "io.k8s.api.autoscaling.v1.Scale" };

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

function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = at(object, paths.selector);
  const text = typeof selector === "string" ? selector : formatSelector(selectorFromObject(selector) ?? []);
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
    throw invalid({ group: "autoscaling", kind: "Scale" }, x.target.name, [{ reason: "FieldValueInvalid", field: "spec.replicas", message }]);
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
    return send(x, 200, JSON.stringify(scaleOf(parseRow(row.value, row.version), paths)));
  }
  const written = verb === "update" ? await putScale(x, paths) : await patchScale(x, paths);
  return send(x, 200, JSON.stringify(scaleOf(parseRow(written.value, written.version), paths)));
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
  // Server-side apply of a Scale maps ownership between two types; it is not served yet.
  if (type === "apply") throw unsupportedMedia("application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json");
  const options = writeOptionsOf(x, "PatchOptions");
  const parsed = await readPatch(x, type, options);
  const schema = schemaOf(SCALE.schema);
  return write(x, options, paths, (old) => {
    const doc = JSON.parse(JSON.stringify(scaleOf(old, paths))) as JsonObject;
    const wanted = patched(x, doc, parsed, schema, options);
    checkName(x, wanted);
    return wanted;
  });
}

function write(x: Exchange, options: WriteOptions, paths: ScalePaths, wanted: (old: KubeObject) => KubeObject): Promise<Written> {
  return readModifyWrite(x, options, (old, row) => ({
    next: scaled(x, parseRow(row.value, row.version), wanted(old), paths),
    part: "scale",
  }));
}
