// A JSON object into Kubernetes' protobuf: the reverse of protobuf.ts, byte for byte what upstream's generated code writes for the same
// object (checked against its golden files). Plain scalars and structs are written even when zero, pointers only when there.
// Takes what decodeFields accepts; a kind without protobuf facts (custom resources) gives undefined.
import { findDefinition } from "../../kinds/facts/schema.ts";
import { type JsonObject, type JsonValue, parseApiVersion } from "../../kinds/object.ts";
import { decodeBase64 } from "./base64.ts";
import { type Field, planOf } from "./protoplan.ts";
import { FIXED64, VARINT } from "./protoreader.ts";
import { UNSPECIAL } from "./protounspecial.ts";
import { ProtoWriter } from "./protowriter.ts";

const MAGIC = Uint8Array.from([0x6b, 0x38, 0x73, 0x00]);
const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const LIST_META = `${META}ListMeta`;

const sorted = new Map<string, Field[]>();

/** Fields of a message by descending number. @throws on a message nobody described */
function descending(message: string): Field[] {
  let fields = sorted.get(message);
  if (fields === undefined) {
    const plan = planOf(message);
    if (plan === undefined) throw new Error(`no facts about message ${message}`);
    fields = [...plan.fields].sort((a, b) => b.number - a.number);
    sorted.set(message, fields);
  }
  return fields;
}

function writeValue(writer: ProtoWriter, { type, message }: Field, number: number, value: JsonValue | undefined): void {
  switch (type) {
    case "i":
      writer.varint(typeof value === "number" ? value : 0);
      return writer.tag(number, VARINT);
    case "b":
      writer.varint(value === true ? 1 : 0);
      return writer.tag(number, VARINT);
    case "d":
      writer.double(typeof value === "number" ? value : 0);
      return writer.tag(number, FIXED64);
    default: {
      const from = writer.length;
      if (type === "s") writer.text(typeof value === "string" ? value : "");
      else if (type === "y") writer.raw(decodeBase64(typeof value === "string" ? value : ""));
      else writeMessage(writer, message, value);
      return writer.close(number, from);
    }
  }
}

function writeMap(writer: ProtoWriter, field: Field, map: JsonObject): void {
  // Upstream sorts the keys; from the end to the start.
  const keys = Object.keys(map).sort((a, b) => (a < b ? 1 : -1));
  for (const key of keys) {
    const from = writer.length;
    writeValue(writer, field, 2, map[key]);
    const before = writer.length;
    writer.text(key);
    writer.close(1, before);
    writer.close(field.number, from);
  }
}

function writeField(writer: ProtoWriter, field: Field, object: JsonObject): void {
  const value = field.inline ? object : object[field.name];
  if (field.map) {
    if (value !== undefined && value !== null) writeMap(writer, field, value as JsonObject);
  } else if (field.repeated) {
    const list = (value ?? []) as JsonValue[];
    for (let index = list.length - 1; index >= 0; index--) writeValue(writer, field, field.number, list[index]);
  } else if ((field.pointer || field.type === "y") && (value === undefined || value === null)) {
    return;
  } else writeValue(writer, field, field.number, value ?? undefined);
}

function writeMessage(writer: ProtoWriter, message: string, value: JsonValue | undefined): void {
  const special = UNSPECIAL.get(message);
  const shown = special === undefined ? value : special(value);
  if (shown === undefined && special !== undefined) return;
  const bare = planOf(message)?.bare === true;
  const object = (bare ? { items: shown ?? [] } : (shown ?? {})) as JsonObject;
  for (const field of descending(message)) writeField(writer, field, object);
}

/** runtime.Unknown around what `write` writes, and the magic number before it. */
function enveloped(apiVersion: string, kind: string, write: (writer: ProtoWriter) => void): Uint8Array {
  const writer = new ProtoWriter();
  const text = (number: number, value: string): void => {
    const from = writer.length;
    writer.text(value);
    writer.close(number, from);
  };
  text(4, "");
  text(3, "");
  const raw = writer.length;
  write(writer);
  writer.close(2, raw);
  const meta = writer.length;
  text(2, kind);
  text(1, apiVersion);
  writer.close(1, meta);
  writer.raw(MAGIC);
  return writer.written;
}

function messageOf(apiVersion: string, kind: string): string | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  // Of every version of that group, and no OpenAPI definition.
  if (group === "meta.k8s.io" && kind === "PartialObjectMetadata") return `${META}${kind}`;
  const definition = findDefinition(group, version, kind);
  return definition !== undefined && planOf(definition) !== undefined ? definition : undefined;
}

/** Undefined: this kind has no protobuf. */
export function encodeProtobuf(object: { apiVersion: string; kind: string }): Uint8Array | undefined {
  const { apiVersion, kind } = object;
  const message = messageOf(apiVersion, kind);
  if (message === undefined) return undefined;
  return enveloped(apiVersion, kind, (writer) => writeMessage(writer, message, object as unknown as JsonObject));
}

/** A list of `kind`; `items` may leave out their apiVersion and kind. Undefined: this kind has no protobuf. */
export function encodeProtobufList(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  metadata: JsonObject,
  items: readonly JsonObject[],
): Uint8Array | undefined {
  const message = messageOf(apiVersion, kind);
  if (message === undefined) return undefined;
  return enveloped(apiVersion, `${kind}List`, (writer) => {
    for (let index = items.length - 1; index >= 0; index--) {
      const from = writer.length;
      writeMessage(writer, message, items[index]);
      writer.close(2, from);
    }
    const from = writer.length;
    writeMessage(writer, LIST_META, metadata);
    writer.close(1, from);
  });
}

/** An answer of any shape: one object or a list. @throws on a kind without protobuf, which must have been refused before */
export function protobufOf(answer: object): Uint8Array {
  const { apiVersion, kind, metadata, items } = answer as {
    apiVersion: string;
    kind: string;
    metadata: JsonObject;
    items?: JsonObject[];
  };
  const bytes =
    kind.endsWith("List") && Array.isArray(items)
      ? encodeProtobufList({ apiVersion, kind: kind.slice(0, -"List".length) }, metadata, items)
      : encodeProtobuf({ ...answer, apiVersion, kind });
  if (bytes === undefined) throw new Error(`${apiVersion} ${kind} has no protobuf`);
  return bytes;
}

/** One frame of a watch stream: its length in four bytes, big-endian, and a bare WatchEvent around the object's envelope. */
export function encodeWatchFrame(type: string, object: Uint8Array): Uint8Array {
  const writer = new ProtoWriter();
  writer.raw(object);
  writer.close(1, 0);
  writer.close(2, 0);
  const from = writer.length;
  writer.text(type);
  writer.close(1, from);
  const { length } = writer;
  writer.raw(Uint8Array.from([length >>> 24, length >>> 16, length >>> 8, length]));
  return writer.written.slice();
}
