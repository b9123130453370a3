// A protobuf message into the JSON that Go would write for the same type: by field number, from kinds/facts. Absent fields count as
// Go's zero values and are then written or left out as the Go type's omitempty, omitzero and pointers say.
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { encodeBase64 } from "./base64.ts";
import { FIXED64, LENGTH, ProtoError, ProtoReader, VARINT } from "./protoreader.ts";
import { type Field, planOf } from "./protoplan.ts";
import { SPECIAL } from "./protospecial.ts";

/** Deepest nesting of messages; only JSONSchemaProps nests at all. */
const MAX_DEPTH = 200;

const WIRE: Record<string, number> = { i: VARINT, b: VARINT, d: FIXED64 };
const ZERO: Record<string, JsonValue> = { s: "", i: 0, b: false, d: 0 };

function readValue(reader: ProtoReader, field: Field, depth: number): JsonValue | undefined {
  switch (field.type) {
    case "s":
      return reader.text();
    case "y":
      return encodeBase64(reader.raw());
    case "i":
      return reader.integer();
    case "b":
      return reader.boolean();
    case "d":
      return reader.double();
    default:
      return readMessage(reader.part(), field.message, depth + 1);
  }
}

function readEntry(reader: ProtoReader, field: Field, depth: number): [string, JsonValue] {
  const entry = reader.part();
  let key = "";
  let value: JsonValue | undefined;
  while (!entry.done) {
    const { number, wire } = entry.tag("Entry");
    if (number === 1 && wire === LENGTH) key = entry.text();
    else if (number === 2 && wire === (WIRE[field.type] ?? LENGTH)) value = readValue(entry, field, depth);
    else entry.skip(wire);
  }
  return [key, value ?? zeroElement(field, depth)];
}

function zeroElement(field: Field, depth: number): JsonValue {
  if (field.type === "@") return readMessage(EMPTY, field.message, depth + 1) ?? null;
  return field.type === "y" ? "" : ZERO[field.type]!;
}

const EMPTY = new ProtoReader(new Uint8Array(0));

/** Values by field name as they come; entries of maps and elements of lists collected. */
type Collected = Map<string, JsonValue | undefined | JsonValue[] | [string, JsonValue][]>;

function goName(name: string): string {
  return name === "metadata" ? "ObjectMeta" : name.charAt(0).toUpperCase() + name.slice(1);
}

function collectField(reader: ProtoReader, field: Field, wire: number, into: Collected, depth: number): void {
  const expected = field.map ? LENGTH : (WIRE[field.type] ?? LENGTH);
  if (field.map && wire === LENGTH) {
    const entries = (into.get(field.name) as [string, JsonValue][] | undefined) ?? [];
    entries.push(readEntry(reader, field, depth));
    into.set(field.name, entries);
  } else if (field.repeated && (wire === expected || (wire === LENGTH && expected !== LENGTH))) {
    const list = (into.get(field.name) as JsonValue[] | undefined) ?? [];
    if (wire === expected) list.push(readValue(reader, field, depth) ?? null);
    else for (const packed = reader.part(); !packed.done;) list.push(readValue(packed, field, depth) ?? null);
    into.set(field.name, list);
  } else if (wire === expected) into.set(field.name, readValue(reader, field, depth));
  else throw new ProtoError(`proto: wrong wireType = ${wire} for field ${goName(field.name)}`);
}

function isEmpty(value: JsonValue): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** What JSON shows of one field; undefined: nothing. */
function shown(field: Field, collected: Collected, depth: number): JsonValue | undefined {
  const value = collected.get(field.name);
  if (field.map) return value && Object.fromEntries(value as [string, JsonValue][]);
  if (field.repeated || field.pointer) return value as JsonValue | undefined;
  if (field.type === "@") {
    const message = collected.has(field.name)
      ? (value as JsonValue | undefined)
      : readMessage(EMPTY, field.message, depth + 1);
    return message === undefined || (field.omitZero && isEmpty(message)) ? undefined : message;
  }
  if (field.type === "y") return value === "" ? undefined : (value as JsonValue | undefined);
  if (field.keepZero) return (value as JsonValue | undefined) ?? ZERO[field.type];
  return value === ZERO[field.type] ? undefined : (value as JsonValue | undefined);
}

/** undefined: the type writes null. @throws ProtoError */
export function readMessage(reader: ProtoReader, message: string, depth: number): JsonValue | undefined {
  if (depth > MAX_DEPTH) throw new ProtoError("proto: exceeded max depth");
  const plan = planOf(message);
  if (plan === undefined) throw new ProtoError(`proto: no facts about message ${message}`);
  const collected: Collected = new Map();
  for (const part = new ProtoReader(reader.bytes, reader.at, reader.end); !part.done;) {
    const { number, wire } = part.tag(plan.short);
    const field = plan.byNumber.get(number);
    if (field === undefined) part.skip(wire);
    else collectField(part, field, wire, collected, depth);
  }
  const special = SPECIAL.get(message);
  if (special) return special(Object.fromEntries(collected) as JsonObject, reader.done);
  if (plan.bare) return (collected.get("items") as JsonValue | undefined) ?? [];
  const object: JsonObject = {};
  for (const field of plan.fields) {
    const value = shown(field, collected, depth);
    if (value === undefined) continue;
    if (field.inline) Object.assign(object, value);
    else object[field.name] = value;
  }
  return object;
}
