// PATCH of one object and of its /status: JSON patch, merge patch, strategic merge patch, server-side apply (kubernetes-wire.md 5). A patch that
// names no resourceVersion never conflicts: it is computed again on the newer object until it lands. Only apply creates.
import { applyJsonPatch } from "../../core/patch/json.ts";
import { applyMergePatch } from "../../core/patch/merge.ts";
import type { PatchResult } from "../../core/patch/result.ts";
import { applyStrategicPatch } from "../../core/patch/strategic.ts";
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";
import { apply } from "./apply.ts";
import { contentType, readBody } from "./body.ts";
import { checkPatched, parsePatch } from "./decodepatch.ts";
import { type Exchange, isBuiltIn, sendStored } from "./exchange.ts";
import { schemaFor } from "../../kinds/facts/schema.ts";
import { parseRow } from "./splice.ts";
import { ApiError, patchRejected, unsupportedMedia } from "./status.ts";
import { checkName, readModifyWrite } from "./update.ts";
import { settleNamespace } from "./write.ts";
import { type WriteOptions, writeOptionsOf } from "./writeoptions.ts";

export type PatchType = "json" | "merge" | "strategic" | "apply";

const TYPES: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

/** @throws ApiError 415 */
export function patchTypeOf(x: Exchange): PatchType {
  const type = contentType(x.request);
  const found = TYPES[type];
  const builtIn = isBuiltIn(x.target.kind);
  if (found === undefined || (found === "strategic" && !builtIn)) {
    // Built-in kinds' routes refuse before any handler runs; custom kinds' handlers say what they take.
    if (builtIn) throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
    throw unsupportedMedia(
      Object.keys(TYPES)
        .filter((t) => TYPES[t] !== "strategic")
        .join(", "),
    );
  }
  return found;
}

export interface ParsedPatch {
  type: Exclude<PatchType, "apply">;
  value: unknown;
  /** Duplicate keys and the like: warned of or refused together with unknown fields of the result. */
  strict: string[];
}

function compute(doc: JsonObject, patch: ParsedPatch, schema: Schema): PatchResult {
  if (patch.type === "json") return applyJsonPatch(doc, patch.value);
  if (patch.type === "strategic") return applyStrategicPatch(doc, patch.value as JsonObject, schema);
  return { ok: true, object: applyMergePatch(doc, patch.value as JsonObject) };
}

/** A patch's body read and parsed. @throws ApiError 400, 413 */
export async function readPatch(x: Exchange, type: ParsedPatch["type"], options: WriteOptions): Promise<ParsedPatch> {
  const bytes = await readBody(x.request, x.options.limits?.bodyBytes);
  return { type, ...parsePatch(bytes, type, options.validation) };
}

/** The patched document, which shares with `doc` what did not change. @throws ApiError */
export function patched(
  x: Exchange,
  doc: JsonObject,
  patch: ParsedPatch,
  schema: Schema,
  options: WriteOptions,
): KubeObject {
  const { apiVersion, kind } = doc as unknown as KubeObject;
  const result = compute(doc, patch, schema);
  if (!result.ok) throw refusal(result);
  const object = result.object as unknown as KubeObject;
  checkPatched(object, { apiVersion, kind, schema }, patch, options.validation, x.warnings);
  object.metadata ??= {} as KubeObject["metadata"];
  return object;
}

function refusal({ code, message }: Extract<PatchResult, { ok: false }>): ApiError {
  return patchRejected(code, message);
}

export async function patch(x: Exchange, part?: string): Promise<Response> {
  const type = patchTypeOf(x);
  const options = writeOptionsOf(x, "PatchOptions", type === "apply");
  if (type === "apply") {
    const written = await apply(x, options, part);
    return sendStored(x, written.created ? 201 : 200, written.value, written.version);
  }
  const parsed = await readPatch(x, type, options);
  const schema = schemaFor(x.target.kind);
  const written = await readModifyWrite(x, options, (_old, row) => {
    const doc = parseRow(row.value, row.version);
    const next = patched(x, doc as unknown as JsonObject, parsed, schema, options);
    settleNamespace(x, next);
    checkName(x, next);
    return { next, part };
  });
  return sendStored(x, 200, written.value, written.version);
}
