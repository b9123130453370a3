// Kubernetes' protobuf envelope into a JSON object: "k8s\0", then runtime.Unknown {typeMeta=1{apiVersion=1,kind=2}, raw=2}.
// Typed clients send every built-in kind this way (kubectl create deployment, client-go, controller-runtime). Never throws: what is
// broken gives upstream's error text. Nesting is bounded.
import { findDefinition } from "../../kinds/facts/schema.ts";
import { type JsonObject, type KubeObject, parseApiVersion } from "../../kinds/object.ts";
import { readMessage } from "./protomessage.ts";
import { LENGTH, ProtoError, ProtoReader } from "./protoreader.ts";

export type DecodedProtobuf =
  | { ok: true; object: KubeObject }
  /** `kind` is present when the envelope was readable and named one: upstream then words its answer with it. */
  | { ok: false; message: string; apiVersion?: string; kind?: string };

const MAGIC = [0x6b, 0x38, 0x73, 0x00];

function hasMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

interface Envelope {
  apiVersion: string;
  kind: string;
  raw: ProtoReader;
}

function readTypeMeta(reader: ProtoReader, envelope: Envelope): void {
  while (!reader.done) {
    const { number, wire } = reader.tag("TypeMeta");
    if (number === 1 && wire === LENGTH) envelope.apiVersion = reader.text();
    else if (number === 2 && wire === LENGTH) envelope.kind = reader.text();
    else reader.skip(wire);
  }
}

function readEnvelope(bytes: Uint8Array): Envelope {
  const envelope: Envelope = { apiVersion: "", kind: "", raw: new ProtoReader(bytes, 0, 0) };
  for (const reader = new ProtoReader(bytes, MAGIC.length); !reader.done;) {
    const { number, wire } = reader.tag("Unknown");
    if (number === 1 && wire === LENGTH) readTypeMeta(reader.part(), envelope);
    else if (number === 2 && wire === LENGTH) envelope.raw = reader.part();
    else reader.skip(wire);
  }
  return envelope;
}

function checkStart(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "empty data";
  if (!hasMagic(bytes)) return "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]";
  return bytes.length === MAGIC.length ? "empty body" : undefined;
}

/** `expected` fills in what the envelope leaves out, as the endpoint's own kind does upstream. */
export function decodeProtobuf(bytes: Uint8Array, expected?: { apiVersion: string; kind: string }): DecodedProtobuf {
  const wrong = checkStart(bytes);
  if (wrong !== undefined) return { ok: false, message: wrong };
  let named: { apiVersion: string; kind: string } | undefined;
  try {
    const envelope = readEnvelope(bytes);
    named = {
      apiVersion: envelope.apiVersion || (expected?.apiVersion ?? ""),
      kind: envelope.kind || (expected?.kind ?? ""),
    };
    const { group, version } = parseApiVersion(named.apiVersion);
    const definition = findDefinition(group, version, named.kind);
    if (definition === undefined) {
      return {
        ok: false,
        ...named,
        message: `no kind "${named.kind}" is registered for version "${named.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
      };
    }
    const object = readMessage(envelope.raw, definition, 0) as JsonObject;
    return { ok: true, object: { ...named, ...object } as KubeObject };
  } catch (error) {
    if (error instanceof ProtoError) return { ok: false, message: error.message, ...named };
    throw error;
  }
}
