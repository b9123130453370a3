import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modulesForTest } from "../../kinds/facts/generate/modules.ts";
import { findDefinition } from "../../kinds/facts/schema.ts";
import { decodeProtobuf } from "./protobuf.ts";

// Upstream's golden files: the same object, every field filled, as JSON and as protobuf.
const modules = modulesForTest("core/codec: protobuf against upstream's golden files");

interface Golden {
  name: string;
  protobuf: Uint8Array;
  json: unknown;
}

function readGolden(dir: string): Golden[] {
  const found: Golden[] = [];
  for (const file of readdirSync(dir)) {
    if (!file.endsWith(".pb") || file.endsWith(".after_roundtrip.pb")) continue;
    const name = file.slice(0, -".pb".length);
    const [, group, version, kind] = /^(.+)\.(v\d\w*)\.(\w+)$/.exec(name)!;
    // A WatchEvent never stands alone: it has no apiVersion and kind of its own.
    if (kind === "WatchEvent" || findDefinition(group === "core" ? "" : group!, version!, kind!) === undefined)
      continue;
    // Upstream notes beside a file what decoding and encoding again changes.
    const after = join(dir, `${name}.after_roundtrip.json`);
    const json = JSON.parse(readFileSync(existsSync(after) ? after : join(dir, `${name}.json`), "utf8"));
    found.push({ name, protobuf: readFileSync(join(dir, file)), json });
  }
  return found;
}

const golden = modules
  ? [join(modules.api, "testdata/HEAD"), join(modules.apiextensions, "pkg/apis/testdata/HEAD")].flatMap(readGolden)
  : [];

describe.skipIf(modules === undefined)("protobuf equals JSON", () => {
  test.each(golden)("$name", ({ protobuf, json }) => {
    expect(decodeProtobuf(protobuf)).toEqual({ ok: true, object: json });
  });

  test("of every kind that has golden files", () => expect(golden.length).toBe(70));
});

// A tiny writer for bodies that no golden file holds.
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))];
}
function part(number: number, ...content: (string | number[])[]): number[] {
  const bytes = content.flatMap((item) => (typeof item === "string" ? [...new TextEncoder().encode(item)] : item));
  return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
}
function envelope(apiVersion: string, kind: string, ...raw: number[][]): Uint8Array {
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...part(1, part(1, apiVersion), part(2, kind)), ...part(2, raw.flat())]);
}
const named = part(1, part(1, "x"));

describe("zero values are shown as Go shows them", () => {
  test("required text stays, optional goes, pointers stay", () => {
    const port = part(6, [0x08 + 0x10, 0]);
    const container = part(2, part(1, ""), part(2, ""), port);
    const spec = part(2, [0x08, 0], part(3, part(2, container)), [5 << 3, 0], [7 << 3, 0]);
    expect(decodeProtobuf(envelope("apps/v1", "Deployment", named, spec))).toEqual({
      ok: true,
      object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "x" },
        spec: {
          replicas: 0,
          template: {
            metadata: {},
            spec: { containers: [{ name: "", ports: [{ containerPort: 0 }], resources: {} }] },
          },
          strategy: {},
        },
        status: {},
      },
    });
  });

  test("an empty body, the endpoint's kind filled in", () => {
    const decoded = decodeProtobuf(envelope("v1", ""), { apiVersion: "v1", kind: "Service" });
    expect(decoded).toEqual({
      ok: true,
      object: { apiVersion: "v1", kind: "Service", metadata: {}, spec: {}, status: { loadBalancer: {} } },
    });
  });

  test("int32 below zero, packed lists, broken UTF-8, unknown fields, __proto__", () => {
    const negative = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const decoded = decodeProtobuf(
      envelope(
        "v1",
        "ConfigMap",
        named,
        part(2, part(1, "k"), part(2, [0x61, 0xff, 0xfe, 0x63])),
        part(2, part(1, "__proto__")),
        part(15, "zz"),
        [((99 << 3) & 0x7f) | 0x80, 6, 1],
      ),
    );
    expect(decoded).toMatchObject({ ok: true, object: { data: { k: "a\ufffd\ufffdc" } } });
    expect(decoded.ok && Object.keys(decoded.object.data)).toEqual(["k", "__proto__"]);
    const scale = decodeProtobuf(envelope("autoscaling/v1", "Scale", named, part(2, [0x08, ...negative])));
    expect(scale).toMatchObject({ ok: true, object: { spec: { replicas: -1 } } });
  });
});

// The texts are answers of kube-apiserver 1.36.3 to the same bytes.
describe("P11 broken bodies", () => {
  const cases: [string, Uint8Array, string, string?][] = [
    ["nothing", new Uint8Array(0), "empty data"],
    [
      "no magic",
      new TextEncoder().encode("nope"),
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    ],
    ["only magic", Uint8Array.from([0x6b, 0x38, 0x73, 0]), "empty body"],
    ["cut envelope", Uint8Array.from([0x6b, 0x38, 0x73, 0, 0xff, 0xff]), "unexpected EOF"],
    ["cut message", envelope("v1", "ConfigMap", [0xff, 0xff]), "unexpected EOF", "ConfigMap"],
    ["cut text", envelope("v1", "ConfigMap", named.slice(0, -1)), "unexpected EOF", "ConfigMap"],
    [
      "wrong wire type",
      envelope("v1", "ConfigMap", named, [0x10, 5]),
      "proto: wrong wireType = 0 for field Data",
      "ConfigMap",
    ],
    [
      "group for a field",
      envelope("v1", "ConfigMap", Array(50).fill(0x0b)),
      "proto: wrong wireType = 3 for field ObjectMeta",
      "ConfigMap",
    ],
    ["unended groups", envelope("v1", "ConfigMap", Array(50).fill(0x7b)), "unexpected EOF", "ConfigMap"],
    ["tag 0", envelope("v1", "ConfigMap", named, [0, 1]), "proto: ConfigMap: illegal tag 0 (wire type 0)", "ConfigMap"],
    [
      "end of no group",
      envelope("v1", "ConfigMap", named, [0x0c]),
      "proto: ConfigMap: wiretype end group for non-group",
      "ConfigMap",
    ],
    [
      "endless varint",
      envelope("v1", "ConfigMap", named, [0x12, ...Array(11).fill(0xff), 1]),
      "proto: integer overflow",
      "ConfigMap",
    ],
    ["huge length", envelope("v1", "ConfigMap", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]), "unexpected EOF", "ConfigMap"],
    [
      "unknown kind",
      envelope("v1", "Nope"),
      'no kind "Nope" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
      "Nope",
    ],
  ];
  test.each(cases)("%s", (_, bytes, message, kind) => {
    expect(decodeProtobuf(bytes)).toEqual({ ok: false, message, ...(kind && { apiVersion: "v1", kind }) });
  });

  test("deep nesting", () => {
    let props: number[] = [];
    for (let depth = 0; depth < 1000; depth++) props = part(28, props);
    const crd = envelope(
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      part(2, part(7, part(4, part(1, props)))),
    );
    expect(decodeProtobuf(crd)).toMatchObject({ ok: false, message: "proto: exceeded max depth" });
  });

  test("any bytes at all: an object or a message, never a throw", () => {
    const kinds = fc.constantFrom(
      ["v1", "Pod"],
      ["apps/v1", "Deployment"],
      ["v1", "Event"],
      ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
    );
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 200 }), ([apiVersion, kind], bytes) => {
        expect(typeof decodeProtobuf(envelope(apiVersion!, kind!, [...bytes])).ok).toBe("boolean");
      }),
    );
  });

  test.skipIf(modules === undefined)("a golden body with bytes changed or cut", () => {
    const body = fc.constantFrom(
      ...golden.filter(({ name }) => /Pod$|Deployment$|Event$|CustomResourceDefinition$|ManagedFields/.test(name)),
    );
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(255), fc.nat(), ({ protobuf }, at, byte, cut) => {
        const changed = Uint8Array.from(protobuf);
        changed[at % changed.length] = byte;
        expect(
          typeof decodeProtobuf(changed.subarray(0, changed.length - (cut % 3 === 0 ? cut % changed.length : 0))).ok,
        ).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });
});
