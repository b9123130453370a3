// Continue tokens in upstream's form (apiserver storage/continue.go): base64url without padding of {"v","rv","start"}, where
// start is "<namespace>/<name>\0" (or "<name>\0" inside one namespace) and rv -1 means "go on at the newest state".
import { word } from "../../core/codec/gotype.ts";
import { parseJson } from "../../core/codec/json.ts";
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { badRequest } from "./status.ts";

const FIELDS: Readonly<Record<string, string>> = { v: "string", rv: "int64", start: "string" };

export interface Continuation {
  /** undefined: at the newest version. */
  version: number | undefined;
  after: { namespace: string; name: string };
}

function toBase64Url(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fail(why: string): never {
  throw badRequest(`invalid continue token: continue key is not valid${why}`);
}

/** One character for each byte. */
function decodeBytes(token: string): string {
  const bad = /[^A-Za-z0-9_-]/.exec(token);
  if (bad !== null) fail(`: illegal base64 data at input byte ${bad.index}`);
  // Four characters make three bytes; a single one left over makes none.
  if (token.length % 4 === 1) fail(`: illegal base64 data at input byte ${token.length - 1}`);
  return atob(token.replaceAll("-", "+").replaceAll("_", "/"));
}

/** `namespace` is the request's: "" lists over all of them, or a cluster-scoped kind. */
export function encodeContinue(last: { namespace: string; name: string }, namespace: string, version: number): string {
  const start = last.namespace === "" || namespace !== "" ? last.name : `${last.namespace}/${last.name}`;
  return toBase64Url(JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start: `${start}\0` }));
}

/** @throws ApiError 400 in upstream's words. */
export function decodeContinue(token: string, namespaced: boolean, namespace: string): Continuation {
  const bytes = decodeBytes(token);
  // Go's syntax errors show a byte as the character of that number, be it one or not.
  const [first = ""] = bytes;
  if (first > "\x7f") fail(`: invalid character '${first}' looking for beginning of value`);
  const syntax = parseJson(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
  if (!syntax.ok) fail(`: ${syntax.message}`);
  const { value } = syntax;
  const wrong = (found: JsonValue, where: string) => fail(`: json: cannot unmarshal ${word(found)} into Go ${where}`);
  if (value !== null && (typeof value !== "object" || Array.isArray(value)))
    wrong(value, "value of type storage.continueToken");
  for (const [field, type] of Object.entries(FIELDS)) {
    const found = (value as JsonObject | null)?.[field] ?? null;
    if (found !== null && typeof found !== (type === "string" ? "string" : "number"))
      wrong(found, `struct field continueToken.${field} of type ${type}`);
  }
  const { v = "", rv = 0, start = "" } = (value ?? {}) as { v?: unknown; rv?: unknown; start?: unknown };
  if (v !== "meta.k8s.io/v1") fail(`: server does not recognize this encoded version ${String(v)}`);
  if (typeof rv !== "number" || !Number.isSafeInteger(rv) || rv === 0) {
    fail(": incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  }
  if (typeof start !== "string" || start === "") fail(": encoded start key empty (version meta.k8s.io/v1)");
  const parts = start.replace(/^\//, "").split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) fail(`: ${start}`);
  const name = (parts.pop() as string).replace(/\0$/, "");
  const inKey = parts.join("/");
  return { version: rv < 0 ? undefined : rv, after: { namespace: namespaced ? namespace || inKey : "", name } };
}
