// One request on its way through the handlers, and how answers are written. Every answer carries Cache-Control, Audit-Id and
// the collected warnings; objects leave as the negotiated output wants them (plain text is spliced, never parsed).
import { stringify } from "yaml";
import { protobufOf } from "../../core/codec/protoencode.ts";
import type { Kind } from "../../kinds/kind.ts";
import { type KubeObject, formatApiVersion } from "../../kinds/object.ts";
import type { ChangePlan } from "../../kinds/plan.ts";
import type { Key, Reader } from "../store/store.ts";
import { storedResource } from "./convert.ts";
import { compressed, ENCODED, markCompressed } from "./gzip.ts";
import type { Output } from "./negotiate.ts";
import type { ApiOptions, User } from "./options.ts";
import type { Target } from "./request.ts";
import { parseRow, withVersion } from "./splice.ts";
import { ApiError, type Status } from "./status.ts";
import { metadataOnly, tableOf } from "./table.ts";
import { warningHeaders } from "./warnings.ts";

export interface Exchange {
  options: ApiOptions;
  request: Request;
  target: Target;
  query: URLSearchParams;
  output: Output;
  user: User;
  /** The reader to use for this kind (projections are read through one of their own). */
  reader: Reader;
  warnings: string[];
  audit: string;
  /** What a dry run found out, where it was asked for that (plan.ts). */
  plans: ChangePlan[];
}

/** Where the object lies in the store. */
export function keyOf(target: Target, name = target.name): Key {
  return { resource: storedResource(target.kind), namespace: target.namespace, name };
}

export function apiVersionOf(kind: Kind): string {
  return formatApiVersion(kind.group, kind.version);
}

/** Built-in kinds' items stand in lists without apiVersion and kind; custom ones with them. */
export function isBuiltIn(kind: Kind): boolean {
  return kind.structural === undefined && (!kind.group.includes(".") || kind.group.endsWith(".k8s.io"));
}

export function headersOf(x: Pick<Exchange, "audit" | "warnings">, type: string): Headers | Record<string, string> {
  const plain = { "audit-id": x.audit, "cache-control": "no-cache, private", "content-type": type };
  if (x.warnings.length === 0) return plain;
  const headers = new Headers(plain);
  for (const value of warningHeaders(x.warnings)) headers.append("warning", value);
  return headers;
}

/** Answers with the JSON text of an API object. */
export function send(x: Exchange, code: number, json: string): Response {
  if (x.output.format === "protobuf")
    return sendProtobuf(x, code, protobufOf(JSON.parse(json)) as Uint8Array<ArrayBuffer>);
  if (x.output.format === "yaml") return sendText(x, code, stringify(JSON.parse(json)), "application/yaml");
  const body = x.output.pretty ? JSON.stringify(JSON.parse(json), null, 2) : json;
  return sendText(x, code, `${body}\n`, "application/json");
}

function sendText(x: Exchange, status: number, text: string, type: string): Response {
  const headers = headersOf(x, type);
  const stream = compressed(x.request, text);
  if (stream === undefined) return new Response(text, { status, headers });
  return new Response(stream, { ...ENCODED, status, headers: markCompressed(new Headers(headers)) });
}

function sendProtobuf(
  x: Pick<Exchange, "audit" | "warnings">,
  status: number,
  bytes: Uint8Array<ArrayBuffer>,
): Response {
  return new Response(bytes, { status, headers: headersOf(x, "application/vnd.kubernetes.protobuf") });
}

/** What POST to a subresource answers: it was done. */
export function sendCreated(x: Exchange): Response {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
  return send(x, 201, JSON.stringify(status));
}

/** Answers with a stored object; `version` 0: not stored (dry run), it carries no resourceVersion. */
export function sendStored(x: Exchange, code: number, value: string, version: number): Response {
  if (x.output.as === undefined) return send(x, code, version === 0 ? value : withVersion(value, version));
  return sendObject(x, code, version === 0 ? (JSON.parse(value) as KubeObject) : parseRow(value, version));
}

/** Answers with an object that is not a list. */
export function sendObject(x: Exchange, code: number, object: KubeObject): Response {
  const { as } = x.output;
  if (as === undefined) return send(x, code, JSON.stringify(object));
  if (as === "Table")
    return send(x, code, JSON.stringify(tableOf(x, [object], { resourceVersion: object.metadata.resourceVersion })));
  if (as === "PartialObjectMetadataList") {
    const { group, kind } = x.target.kind;
    throw new ApiError(
      406,
      "NotAcceptable",
      `you requested PartialObjectMetadataList, but the requested object is not a list (*${goPackage(group)}.${kind})`,
    );
  }
  return send(x, code, JSON.stringify(metadataOnly(x.target.kind, object, x.output.metaVersion)));
}

/** The package of a group's internal Go types, which upstream's texts name. */
export function goPackage(group: string): string {
  return group.split(".", 1)[0] || "core";
}

export function sendStatus(
  x: Pick<Exchange, "audit" | "warnings">,
  status: Status,
  format: Output["format"] = "json",
): Response {
  const protobuf = format === "protobuf";
  const headers = new Headers(headersOf(x, protobuf ? "application/vnd.kubernetes.protobuf" : "application/json"));
  const after = status.details?.retryAfterSeconds;
  if (after !== undefined && after > 0) headers.set("retry-after", String(after));
  const body = protobuf
    ? (protobufOf(status as unknown as KubeObject) as Uint8Array<ArrayBuffer>)
    : `${JSON.stringify(status)}\n`;
  return new Response(body, { status: status.code, headers });
}
