// Bytes of a request to an object of an expected kind, with the texts of upstream's decoders (endpoints/handlers/rest.go transformDecodeError).
// What the schema does not know is removed and, as fieldValidation says, warned of or refused.
import { type DecodedFields, decodeFields } from "../../core/codec/fields.ts";
import { readTypeMeta } from "../../core/codec/gotype.ts";
import { parseJson, summarizeBody } from "../../core/codec/json.ts";
import { decodeProtobuf } from "../../core/codec/protobuf.ts";
import { findDefinition, schemaOf } from "../../kinds/facts/schema.ts";
import { type JsonObject, type JsonValue, type KubeObject, parseApiVersion } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";
import type { FieldValidation, Media } from "./body.ts";
import { decodeCustom } from "./decodecustom.ts";
import { quote } from "./quote.ts";
import { badRequest } from "./status.ts";
import { parseYaml, yamlErrors } from "./yaml.ts";

export interface Expected {
  kind: string;
  apiVersion: string;
  /** Definition name, or what a custom kind brings along. */
  schema: string | Schema;
  /** Errors come as the decoder gives them, without naming the kind (DeleteOptions). */
  bare?: boolean;
  /** Further versions in which the same is said. */
  alsoIn?(apiVersion: string): boolean;
  /** Served elsewhere as the same kind: here it is refused by its version. */
  otherVersion?(apiVersion: string): boolean;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

type Parsed =
  | { ok: true; value: JsonValue; duplicates: string[]; strict?: string[] }
  /** `kind` where the body could be read that far. */
  | { ok: false; message: string; apiVersion?: string; kind?: string };

function parse(bytes: Uint8Array, media: Media, expected: Expected): Parsed {
  if (media === "json") {
    const parsed = parseJson(textOf(bytes));
    return parsed.ok
      ? parsed
      : { ok: false, message: `couldn't get version/kind; json parse error: ${parsed.message}` };
  }
  if (media === "yaml") return parseYaml(textOf(bytes));
  const decoded = decodeProtobuf(bytes, expected);
  return decoded.ok ? { ok: true, value: decoded.object as unknown as JsonValue, duplicates: [] } : decoded;
}

/** Which scheme a built-in apiserver names in "no kind is registered" errors. */
const SCHEME = "pkg/runtime/scheme.go:111";

/** Why this apiVersion and kind cannot be what is expected; undefined: they are. Another known kind is decoded first, as itself. */
export function kindError(
  apiVersion: string,
  kind: string,
  value: JsonValue,
  expected: Omit<Expected, "schema">,
): string | undefined {
  if (kind === expected.kind && (apiVersion === expected.apiVersion || expected.alsoIn?.(apiVersion))) return undefined;
  const { group, version } = parseApiVersion(apiVersion);
  const definition = findDefinition(group, version, kind);
  if (definition === undefined || expected.bare) {
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`;
  }
  const decoded = decodeFields((value ?? {}) as JsonObject, schemaOf(definition));
  if (!decoded.ok) return decoded.message;
  const into = parseApiVersion(expected.apiVersion).group.split(".", 1)[0] || "core";
  return `converting (${version}.${kind}) to (${into}.${expected.kind}): unknown conversion`;
}

/** decodeFields, but for the one empty list that means something: `managedFields: []` forgets all owners (kubernetes-wire.md 5.5). */
export function decodeAs(object: JsonObject, schema: Schema, duplicates: readonly string[]): DecodedFields {
  const sent = (object.metadata as JsonObject | null | undefined)?.managedFields;
  const { props } = schema;
  const decoded =
    props === undefined ? decodeFields(object, schema, duplicates) : decodeCustom(object, props, duplicates);
  if (Array.isArray(sent) && sent.length === 0) (object.metadata as JsonObject).managedFields = sent;
  return decoded;
}

/** @throws ApiError 400 */
export function decodeBody(
  bytes: Uint8Array,
  media: Media,
  expected: Expected,
  validation: FieldValidation,
  warnings: string[],
): KubeObject {
  const unrecognized = (why: string) =>
    badRequest(
      expected.bare
        ? why
        : `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summarizeBody(bytes)})`,
    );
  const unhandled = (apiVersion: string, kind: string, why: string) =>
    badRequest(
      expected.bare
        ? why
        : `${kind} in version ${quote(parseApiVersion(apiVersion).version)} cannot be handled as a ${expected.kind}: ${why}`,
    );
  const parsed = parse(bytes, media, expected);
  if (!parsed.ok)
    throw parsed.kind ? unhandled(parsed.apiVersion ?? "", parsed.kind, parsed.message) : unrecognized(parsed.message);
  const meta = readTypeMeta(parsed.value);
  if (!meta.ok) throw unrecognized(meta.message);
  const schema = typeof expected.schema === "string" ? schemaOf(expected.schema) : expected.schema;
  const custom = schema.props !== undefined;
  // Without a type of its own an object must say what it is (unstructured.UnstructuredJSONScheme).
  if (custom && meta.kind === "") throw unrecognized(`Object 'Kind' is missing in '${textOf(bytes)}'`);
  const apiVersion = meta.apiVersion || expected.apiVersion;
  if (apiVersion.split("/").length > 2) throw unrecognized(`unexpected GroupVersion string: ${apiVersion}`);
  const kind = meta.kind || expected.kind;
  if (apiVersion !== expected.apiVersion && kind === expected.kind && expected.otherVersion?.(apiVersion)) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
  if (custom && apiVersion !== expected.apiVersion)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`,
    );
  // A custom object of another kind is refused by validation.
  const wrong = custom ? undefined : kindError(apiVersion, kind, parsed.value, expected);
  if (wrong !== undefined) throw unhandled(apiVersion, kind, wrong);
  const object = (parsed.value ?? {}) as JsonObject;
  const decoded = decodeAs(object, schema, validation === "Ignore" ? [] : parsed.duplicates);
  if (!decoded.ok) throw unhandled(apiVersion, kind, decoded.message);
  // YAML becomes JSON by way of a map, whose keys Go writes in their order.
  if (media === "yaml") decoded.strict.sort();
  const lines = parsed.strict ?? [];
  if (validation === "Strict" && lines.length + decoded.strict.length > 0) {
    const all = lines.length > 0 ? [yamlErrors(lines), ...decoded.strict] : decoded.strict;
    throw unhandled(apiVersion, kind, `strict decoding error: ${all.join(", ")}`);
  }
  if (validation === "Warn") warnings.push(...lines, ...decoded.strict);
  object.apiVersion = apiVersion;
  object.kind = kind;
  object.metadata ??= {};
  return object as unknown as KubeObject;
}
