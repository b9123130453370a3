// What decoding into Go types does to a JSON object, by schema and in place: unknown fields go (and are named in upstream's
// words), nulls and what Go's omitempty leaves out go, times, quantities and base64 take their canonical text, and a value of the wrong type is an
// error with the text that kube-apiserver's decoder gives. Open parts (preserveUnknown, raw, untyped) are left as they came.
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { parseQuantity, formatQuantity, QUANTITY_ERROR } from "../../kinds/rules/quantity.ts";
import type { Schema } from "../../kinds/schema.ts";
import { canonicalBase64 } from "./base64.ts";
import { goType, integerProblem, shortName, word } from "./gotype.ts";
import { parseTime, type TimeKind } from "./time.ts";

export type DecodedFields =
  | {
      ok: true;
      /** Strict findings in the order of the document: `unknown field "spec.foo"`, `duplicate field "data.a"`. At most 100. */
      strict: string[];
    }
  /** The body cannot be read as this type at all: 400 "<Kind> in version "v1" cannot be handled as a <Kind>: <message>". */
  | {
      ok: false;
      message: string;
      /** A scalar was wanted where it went wrong. */
      scalar?: boolean;
    };

/** Upstream stops collecting there (sigs.k8s.io/json). */
const MAX_FINDINGS = 100;
const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** An error that ends decoding at once: what a type's own UnmarshalJSON reports. Type mismatches only wait until the end. */
class Fatal {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

class Walk {
  readonly strict = new Set<string>();
  readonly duplicates: ReadonlySet<string>;
  mismatch: string | undefined;
  /** Keys and "[0]" from the root on: how strict findings name a place. */
  readonly path: string[] = [];
  /** Struct fields only: how mismatches name it. */
  readonly fields: string[] = [];
  struct = "";

  constructor(duplicates: ReadonlySet<string>) {
    this.duplicates = duplicates;
  }

  spell(key: string): string {
    let text = "";
    for (const step of this.path) text += text === "" || step.startsWith("[") ? step : `.${step}`;
    return text === "" ? key : `${text}.${key}`;
  }

  find(kind: "unknown" | "duplicate", path: string): void {
    if (this.strict.size < MAX_FINDINGS) this.strict.add(`${kind} field ${JSON.stringify(path)}`);
  }

  scalar = false;

  wrongScalar(value: JsonValue, type: string): void {
    if (this.mismatch === undefined) this.scalar = true;
    this.wrong(value, type);
  }

  wrong(value: JsonValue, type: string, shown = word(value)): void {
    const where =
      this.fields.length === 0
        ? `value of type ${type}`
        : `struct field ${this.struct}.${this.fields.join(".")} of type ${type}`;
    this.mismatch ??= `json: cannot unmarshal ${shown} into Go ${where}`;
  }
}

/** Decodes the value in place where it is an object or array; returns what to put in its place. `undefined` removes it. */
function decode(walk: Walk, value: JsonValue, schema: Schema): JsonValue | undefined {
  if (schema.format === "raw") return value === null ? undefined : value;
  if (schema.properties) return decodeStruct(walk, value, schema);
  if (schema.items) return decodeList(walk, value, schema, schema.items);
  if (schema.additional) return decodeMap(walk, value, schema, schema.additional);
  if (schema.type === undefined || schema.type === "object" || schema.type === "array") return decodeOpen(walk, value);
  return value === null ? undefined : decodeScalar(walk, value, schema);
}

/** No schema below here; duplicate keys are still worth naming. */
function decodeOpen(walk: Walk, value: JsonValue): JsonValue {
  if (walk.duplicates.size > 0 && walk.path.length > 0) {
    const here = walk.spell("").slice(0, -1);
    for (const path of walk.duplicates) {
      if (path.startsWith(`${here}.`) || path.startsWith(`${here}[`)) walk.find("duplicate", path);
    }
  }
  return value;
}

function decodeStruct(walk: Walk, value: JsonValue, schema: Schema): JsonValue | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    walk.wrong(value, goType(schema));
    return value;
  }
  const outer = walk.struct;
  const name = shortName(schema);
  for (const key of Object.keys(value)) {
    const field = schema.properties!.get(key);
    if (field === undefined && !schema.preserveUnknown) {
      walk.find("unknown", walk.spell(key));
      delete value[key];
      continue;
    }
    if (walk.duplicates.size > 0 && walk.duplicates.has(walk.spell(key))) walk.find("duplicate", walk.spell(key));
    walk.struct = name;
    walk.path.push(key);
    if (field === undefined) decodeOpen(walk, value[key]!);
    else {
      const steps = field.goEmbed === undefined ? [key] : [field.goEmbed, key];
      walk.fields.push(...steps);
      const kept = decode(walk, value[key]!, field);
      put(value, key, field.omitEmpty && isEmpty(kept) ? undefined : kept);
      walk.fields.length -= steps.length;
    }
    walk.path.pop();
  }
  walk.struct = outer;
  return value;
}

/** What omitempty leaves out: a zero scalar, an empty list or map. */
function isEmpty(value: JsonValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return value === 0 || value === "" || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

function put(object: JsonObject, key: string, value: JsonValue | undefined): void {
  if (value === undefined) delete object[key];
  else if (object[key] !== value) object[key] = value;
}

/** Go's zero value where null stands for an element that cannot be left out. */
function zero(schema: Schema): JsonValue {
  if (schema.format === "quantity") return "0";
  if (schema.properties || schema.additional) return {};
  if (schema.items) return [];
  if (schema.format === "int-or-string" || schema.type === "integer" || schema.type === "number") return 0;
  return schema.type === "boolean" ? false : schema.type === "string" ? "" : null;
}

function decodeMap(walk: Walk, value: JsonValue, schema: Schema, additional: Schema): JsonValue | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    walk.wrong(value, goType(schema));
    return value;
  }
  for (const key of Object.keys(value)) {
    if (walk.duplicates.size > 0 && walk.duplicates.has(walk.spell(key))) walk.find("duplicate", walk.spell(key));
    walk.path.push(key);
    put(value, key, decode(walk, value[key]!, additional) ?? zero(additional));
    walk.path.pop();
  }
  return value;
}

function decodeList(walk: Walk, value: JsonValue, schema: Schema, items: Schema): JsonValue | undefined {
  if (value === null) return undefined;
  if (!Array.isArray(value)) {
    walk.wrong(value, goType(schema));
    return value;
  }
  for (let index = 0; index < value.length; index++) {
    walk.path.push(`[${index}]`);
    value[index] = decode(walk, value[index]!, items) ?? zero(items);
    walk.path.pop();
  }
  return value;
}

function decodeScalar(walk: Walk, value: JsonValue, schema: Schema): JsonValue {
  if (schema.format === "quantity") return decodeQuantity(value);
  if (schema.name === `${META}Time` || schema.name === `${META}MicroTime`) return decodeTime(walk, value, schema);
  if (schema.format === "int-or-string") {
    if (typeof value === "string") return value;
    return integer(walk, value, "int32");
  }
  const type = goType(schema);
  if (schema.type === "integer") return integer(walk, value, type);
  if (schema.type === "number" ? typeof value !== "number" : typeof value !== schema.type)
    walk.wrongScalar(value, type);
  else if (schema.format === "byte") {
    const checked = canonicalBase64(value as string);
    if (checked.ok) return checked.text;
    walk.mismatch ??= checked.message;
  }
  return value;
}

function integer(walk: Walk, value: JsonValue, type: string): JsonValue {
  if (typeof value !== "number") walk.wrong(value, type);
  else if (integerProblem(value, type)) walk.wrong(value, type, `number ${value}`);
  return value;
}

function decodeQuantity(value: JsonValue): string {
  const quantity =
    typeof value === "string" || typeof value === "number"
      ? parseQuantity(typeof value === "string" ? value.trim() : value)
      : undefined;
  if (quantity === undefined) throw new Fatal(QUANTITY_ERROR);
  return formatQuantity(quantity);
}

function decodeTime(walk: Walk, value: JsonValue, schema: Schema): JsonValue {
  if (typeof value !== "string") {
    walk.mismatch = undefined;
    walk.wrong(value, "string");
    throw new Fatal(walk.mismatch!);
  }
  const parsed = parseTime(value, schema.name!.slice(META.length) as TimeKind);
  if (!parsed.ok) throw new Fatal(parsed.message);
  return parsed.text;
}

/** `duplicates` as parseJson found them; those that Go would not notice (inside what it does not know) are left out. */
export function decodeFields(object: JsonObject, schema: Schema, duplicates: readonly string[] = []): DecodedFields {
  const walk = new Walk(new Set(duplicates));
  try {
    decode(walk, object, schema);
  } catch (error) {
    if (error instanceof Fatal) return { ok: false, message: error.message };
    throw error;
  }
  return walk.mismatch === undefined
    ? { ok: true, strict: [...walk.strict] }
    : { ok: false, message: walk.mismatch, scalar: walk.scalar };
}
