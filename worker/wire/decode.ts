// Bytes of a request to an object of an expected kind, with the texts of upstream's decoders (endpoints/handlers/rest.go transformDecodeError).
// What the schema does not know is removed and, as fieldValidation says, warned of or refused.
import { decodeFields } from "../../core/codec/fields.ts";
import { readTypeMeta } from "../../core/codec/gotype.ts";
import { parseJson, summarizeBody } from "../../core/codec/json.ts";
import { definitionOf } from "../../kinds/facts/schema.ts";
import { type JsonObject, type JsonValue, type KubeObject, parseApiVersion } from "../../kinds/object.ts";
import type { FieldValidation, Media } from "./body.ts";
import { schemaNamed } from "./managed.ts";
import { badRequest } from "./status.ts";
import { parseYaml } from "./yaml.ts";

export interface Expected {
  kind: string;
  apiVersion: string;
  /** Definition name. */
  schema: string;
  /** Errors come as the decoder gives them, without naming the kind (DeleteOptions). */
  bare?: boolean;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

type Parsed = { ok: true; value: JsonValue; duplicates: string[]; strict?: string[] } | { ok: false; message: string };

function parse(bytes: Uint8Array, media: Media): Parsed {
  if (media === "json") {
    const parsed = parseJson(textOf(bytes));
    return parsed.ok ? parsed : { ok: false, message: `couldn't get version/kind; json parse error: ${parsed.message}` };
  }
  if (media === "yaml") return parseYaml(textOf(bytes));
  return { ok: false, message: "protobuf is not read yet" };
}

/** Which scheme a built-in apiserver names in "no kind is registered" errors. */
const SCHEME = "pkg/api/legacyscheme/scheme.go:30";

/** Why this apiVersion and kind cannot be what is expected; undefined: they are. */
function kindError(apiVersion: string, kind: string, expected: Expected): string | undefined {
  if (apiVersion === expected.apiVersion && kind === expected.kind) return undefined;
  const { group, version } = parseApiVersion(apiVersion);
  if (definitionOf(group, version, kind) === undefined) {
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`;
  }
  const into = parseApiVersion(expected.apiVersion).group.split(".", 1)[0] || "core";
  return `converting (${version}.${kind}) to (${into}.${expected.kind}): unknown conversion`;
}

/** @throws ApiError 400 */
export function decodeBody(bytes: Uint8Array, media: Media, expected: Expected, validation: FieldValidation, warnings: string[]): KubeObject {
  const unrecognized = (why: string) =>
    badRequest(expected.bare ? why : `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summarizeBody(bytes)})`);
  const parsed = parse(bytes, media);
  if (!parsed.ok) throw unrecognized(parsed.message);
  const meta = readTypeMeta(parsed.value);
  if (!meta.ok) throw unrecognized(meta.message);
  const apiVersion = meta.apiVersion || expected.apiVersion;
  const kind = meta.kind || expected.kind;
  const unhandled = (why: string) =>
    badRequest(expected.bare ? why : `${kind} in version ${JSON.stringify(parseApiVersion(apiVersion).version)} cannot be handled as a ${expected.kind}: ${why}`);
  const wrong = kindError(apiVersion, kind, expected);
  if (wrong !== undefined) throw unhandled(wrong);
  const object = (parsed.value ?? {}) as JsonObject;
  const decoded = decodeFields(object, schemaNamed(expected.schema), validation === "Ignore" ? [] : parsed.duplicates);
  if (!decoded.ok) throw unhandled(decoded.message);
  const strict = [...(parsed.strict ?? []), ...decoded.strict];
  if (strict.length > 0 && validation === "Strict") throw unhandled(`strict decoding error: ${strict.join(", ")}`);
  if (validation === "Warn") warnings.push(...strict);
  object.apiVersion = apiVersion;
  object.kind = kind;
  object.metadata ??= {};
  return object as unknown as KubeObject;
}
