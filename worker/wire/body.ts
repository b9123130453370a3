// Request bodies: size limit, media types, and decoding to one object of the expected kind in the words of upstream's decoder.
// Unknown and duplicate fields are warnings, errors or nothing, as fieldValidation says (kubernetes-wire.md 3.7).
import type { KubeObject } from "../../kinds/object.ts";
import { schemaFor } from "../../kinds/facts/schema.ts";
import { storedKind } from "./convert.ts";
import { type Exchange, apiVersionOf } from "./exchange.ts";
import { tooLargeBody, unsupportedMedia } from "./status.ts";
import { type Expected, decodeBody } from "./decode.ts";

const BODY_LIMIT = 3 * 1024 * 1024;
const MEDIA = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
/** Custom resources have no messages. */
const CUSTOM_MEDIA = "application/json, application/yaml";

export type Media = "json" | "yaml" | "protobuf";

/** "application/json; charset=utf-8" -> "application/json". */
export function contentType(request: Request): string {
  const header = request.headers.get("content-type") ?? "";
  const cut = header.indexOf(";");
  return (cut < 0 ? header : header.slice(0, cut)).trim().toLowerCase();
}

/** @throws ApiError 415; a missing Content-Type means JSON. */
export function mediaOf(request: Request, custom = false): Media {
  switch (contentType(request)) {
    case "":
    case "application/json":
      return "json";
    case "application/yaml":
      return "yaml";
    case "application/vnd.kubernetes.protobuf":
      if (custom) throw unsupportedMedia(CUSTOM_MEDIA);
      return "protobuf";
    default:
      throw unsupportedMedia(custom ? CUSTOM_MEDIA : MEDIA);
  }
}

/** @throws ApiError 413 */
export async function readBody(request: Request, limit = BODY_LIMIT): Promise<Uint8Array> {
  const tooLarge = () => tooLargeBody(`limit is ${limit}`);
  const announced = request.headers.get("content-length");
  if (announced !== null) {
    if (Number(announced) > limit) throw tooLarge();
    return new Uint8Array(await request.arrayBuffer());
  }
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** The body as an object of this request's kind. @throws ApiError 400, 413, 415 */
export function readObject(x: Exchange, validation: FieldValidation): Promise<KubeObject> {
  const { kind } = x.target;
  const apiVersion = apiVersionOf(kind);
  const otherVersion = (other: string): boolean =>
    x.options.kinds.all.some((k) => k !== kind && storedKind(k) === storedKind(kind) && apiVersionOf(k) === other);
  return readAs(x, { kind: kind.kind, apiVersion, schema: schemaFor(kind), otherVersion }, validation);
}

export async function readAs(x: Exchange, expected: Expected, validation: FieldValidation): Promise<KubeObject> {
  const media = mediaOf(x.request, typeof expected.schema !== "string" && expected.schema.props !== undefined);
  const bytes = await readBody(x.request, x.options.limits?.bodyBytes);
  return decodeBody(bytes, media, expected, validation, x.warnings);
}
