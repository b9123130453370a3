import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modulesForTest } from "../../kinds/facts/generate/modules.ts";
import { findDefinition } from "../../kinds/facts/schema.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { encodeProtobuf, encodeProtobufList, encodeWatchFrame } from "./protoencode.ts";
import { ProtoReader } from "./protoreader.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const modules = modulesForTest("core/codec: protobuf written as upstream's golden files are");

interface Golden {
  name: string;
  json: { apiVersion: string; kind: string };
  protobuf: Buffer;
}

function readGolden(dir: string): Golden[] {
  return readdirSync(dir)
    .filter((file) => file.endsWith(".pb") && !file.endsWith(".after_roundtrip.pb"))
    .flatMap((file) => {
      const name = file.slice(0, -".pb".length);
      const [, group, version, kind] = /^(.+)\.(v\d\w*)\.(\w+)$/.exec(name) as unknown as [
        string,
        string,
        string,
        string,
      ];
      // Upstream notes beside a file what decoding and encoding again changes.
      const json = JSON.parse(readFileSync(join(dir, `${name}.json`), "utf8")) as Golden["json"];
      const after = join(dir, `${name}.after_roundtrip.pb`);
      const known = findDefinition(group === "core" ? "" : group, version, kind) !== undefined;
      return known && kind !== "WatchEvent"
        ? [{ name, json, protobuf: readFileSync(existsSync(after) ? after : join(dir, file)) }]
        : [];
    });
}

const golden = modules
  ? [join(modules.api, "testdata/HEAD"), join(modules.apiextensions, "pkg/apis/testdata/HEAD")].flatMap(readGolden)
  : [];

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");

describe.skipIf(modules === undefined)("JSON becomes upstream's bytes", () => {
  test.each(golden)("$name", ({ json, protobuf }) => {
    expect(hex(encodeProtobuf(json))).toBe(protobuf.toString("hex"));
  });

  test("of every kind that has golden files", () => expect(golden.length).toBe(70));
});

/** Fields of the message inside an envelope; `whole`: that message as one. */
function rawOf(envelope: Uint8Array, whole = false): { number: number; bytes: Uint8Array }[] {
  const found: { number: number; bytes: Uint8Array }[] = [];
  const parts = (reader: ProtoReader): void => {
    while (!reader.done) {
      const { number } = reader.tag("List");
      found.push({ number, bytes: reader.raw() });
    }
  };
  const outer = new ProtoReader(envelope, 4);
  while (!outer.done) {
    const { number } = outer.tag("Unknown");
    if (number !== 2) outer.raw();
    else if (whole) found.push({ number, bytes: outer.raw() });
    else parts(outer.part());
  }
  return found;
}

describe("what no golden file holds", () => {
  const there = (object: { apiVersion: string; kind: string }) => decodeProtobuf(encodeProtobuf(object) as Uint8Array);

  test("zeros, negative numbers, long text, micro times and maps come back as they went", () => {
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "x".repeat(20_000), labels: { b: "2", a: "1" }, annotations: { é: "\u{1f600}" } },
      spec: { renewTime: "2026-11-23T01:02:03.000009Z", leaseTransitions: -7 },
    };
    expect(there(lease)).toEqual({ ok: true, object: lease });
    const old = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "a", creationTimestamp: "1969-12-31T23:59:59Z" },
      spec: {},
      status: {},
    };
    expect(there(old)).toEqual({ ok: true, object: old });
  });

  test("a list carries its items without their kinds", () => {
    const items = [{ metadata: { name: "a" }, data: { k: "v" } }, { metadata: { name: "b" } }];
    const bytes = encodeProtobufList(
      { apiVersion: "v1", kind: "ConfigMap" },
      { resourceVersion: "7" },
      items,
    ) as Uint8Array;
    const raw = rawOf(bytes);
    expect(raw.map(({ number }) => number)).toEqual([1, 2, 2]);
    expect(hex(raw[0]?.bytes)).toBe("0a00120137" + "1a00");
    const alone = encodeProtobuf({ apiVersion: "v1", kind: "ConfigMap", ...items[1] }) as Uint8Array;
    expect(hex(raw[2]?.bytes)).toBe(hex(rawOf(alone, true)[0]?.bytes));
    expect(decodeUtf8(bytes.subarray(4, 30))).toContain("ConfigMapList");
  });

  test("a watch frame is its length and a bare event", () => {
    const object = Uint8Array.from([1, 2, 3]);
    expect(hex(encodeWatchFrame("ADDED", object))).toBe("0000000e" + "0a054144444544" + "1205" + "0a03010203");
  });

  test("a kind without protobuf has none", () => {
    expect(encodeProtobuf({ apiVersion: "hanse.dev/v1alpha1", kind: "Nope" })).toBeUndefined();
  });

  test("any text survives UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text.toWellFormed());
        expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });
});
