// The reverse of protospecial.ts: JSON of the types that have a shape of their own, as the fields of their protobuf message.
// undefined: the message is written without any content (a zero Time).
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { encodeBase64 } from "./base64.ts";
import { encodeUtf8 } from "./utf8.ts";

type Unspecial = (value: JsonValue | undefined) => JsonObject | undefined;

const FRACTION = /\.(\d+)/;

const time: Unspecial = (value) => {
  if (typeof value !== "string") return undefined;
  const seconds = Math.floor(Date.parse(value.replace(FRACTION, "")) / 1000);
  const digits = FRACTION.exec(value)?.[1] ?? "";
  return { seconds, nanos: Number(digits.padEnd(9, "0").slice(0, 9)) };
};

/** Anything at all, kept as JSON text. */
const raw =
  (name: string): Unspecial =>
  (value) =>
    value === undefined || value === null ? undefined : { [name]: encodeBase64(encodeUtf8(JSON.stringify(value))) };

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

const KNOWN: [string, Unspecial][] = [
  [`${META}Time`, time],
  [`${META}MicroTime`, time],
  [`${META}FieldsV1`, raw("Raw")],
  ["io.k8s.apimachinery.pkg.runtime.RawExtension", raw("raw")],
  [`${EXTENSIONS}JSON`, raw("raw")],
  [
    "io.k8s.apimachinery.pkg.api.resource.Quantity",
    (value) => ({ string: typeof value === "number" ? String(value) : (value ?? "0") }),
  ],
  [
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    (value): JsonObject => (typeof value === "string" ? { type: 1, strVal: value } : { intVal: value ?? 0 }),
  ],
  [
    `${EXTENSIONS}JSONSchemaPropsOrArray`,
    (value) => (Array.isArray(value) ? { jSONSchemas: value } : some("schema", value)),
  ],
  [
    `${EXTENSIONS}JSONSchemaPropsOrStringArray`,
    (value) => (Array.isArray(value) ? { property: value } : some("schema", value)),
  ],
  [
    `${EXTENSIONS}JSONSchemaPropsOrBool`,
    (value) => ({ allows: value !== false, ...(typeof value === "boolean" ? {} : some("schema", value)) }),
  ],
];

export const UNSPECIAL: ReadonlyMap<string, Unspecial> = new Map(KNOWN);

function some(name: string, value: JsonValue | undefined): JsonObject {
  const fields: JsonObject = {};
  if (value !== undefined && value !== null) fields[name] = value;
  return fields;
}
