// Types whose JSON has another shape than their protobuf message (each has its own MarshalJSON in Go).
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { decodeBase64 } from "./base64.ts";
import { parseJson } from "./json.ts";
import { ProtoError } from "./protoreader.ts";
import { formatTime, isTime, type TimeKind } from "./time.ts";
import { decodeUtf8 } from "./utf8.ts";

/** `fields` as they came off the wire (bytes as base64); `empty`: the message had no bytes. undefined: JSON null. */
type Special = (fields: JsonObject, empty: boolean) => JsonValue | undefined;

function time(kind: TimeKind): Special {
  return ({ seconds = 0, nanos = 0 }, empty) => {
    if (empty) return undefined;
    const micros = Math.trunc((nanos as number) / 1000);
    const whole = (seconds as number) + Math.floor(micros / 1_000_000);
    if (!isTime(whole)) throw new ProtoError("Time.MarshalJSON: year outside of range [0,9999]");
    return formatTime(
      kind === "Time" ? (seconds as number) : whole,
      ((micros % 1_000_000) + 1_000_000) % 1_000_000,
      kind,
    );
  };
}

/** Bytes that hold JSON; in anything else upstream finds no JSON to show either. */
const raw: Special = (fields) => {
  const text = (fields.raw ?? fields.Raw ?? "") as string;
  if (text === "") return undefined;
  const parsed = parseJson(decodeUtf8(decodeBase64(text)));
  if (!parsed.ok) throw new ProtoError(parsed.message);
  return parsed.value ?? undefined;
};

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

function filled(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

export const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  [`${META}Time`, time("Time")],
  [`${META}MicroTime`, time("MicroTime")],
  [`${META}FieldsV1`, raw],
  ["io.k8s.apimachinery.pkg.runtime.RawExtension", raw],
  [`${EXTENSIONS}JSON`, raw],
  ["io.k8s.apimachinery.pkg.api.resource.Quantity", (fields) => fields.string || "0"],
  [
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    (fields) => (fields.type === 1 ? (fields.strVal ?? "") : (fields.intVal ?? 0)),
  ],
  [
    `${EXTENSIONS}JSONSchemaPropsOrArray`,
    (fields) => (filled(fields.jSONSchemas) ? fields.jSONSchemas : fields.schema),
  ],
  [
    `${EXTENSIONS}JSONSchemaPropsOrStringArray`,
    (fields) => (filled(fields.property) ? fields.property : fields.schema),
  ],
  [`${EXTENSIONS}JSONSchemaPropsOrBool`, (fields) => fields.schema ?? fields.allows === true],
]);
