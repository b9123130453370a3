// Protobuf answers beside a real kube-apiserver's: its own JSON, written by our encoder, must be the bytes that it sends itself; and what our
// API answers as protobuf says the same as its JSON.
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decodeProtobuf } from "../../core/codec/protobuf.ts";
import { encodeWatchFrame, protobufOf } from "../../core/codec/protoencode.ts";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { valid as batch } from "../../kinds/differential/batch.ts";
import { valid as general } from "../../kinds/differential/valid.ts";
import { type Loose, parseApiVersion } from "../../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { openTrial } from "./trial.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";

function fetchBytes({ server, token, caFile }: ControlPlane, path: string, accept: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept };
    get(`${server}${path}`, { headers, ca: readFileSync(caFile) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks)));
    }).on("error", reject);
  });
}

function collection(object: Loose): string {
  const { group, version } = parseApiVersion(object.apiVersion);
  const kind = MEMBER_KINDS.find((one) => one.kind === object.kind && one.group === group);
  return `${group === "" ? "/api/v1" : `/apis/${group}/${version}`}${kind?.namespaced ? "/namespaces/default" : ""}/${kind?.resource}`;
}

describeReal("protobuf as a kube-apiserver writes it", () => {
  let plane: ControlPlane;
  const paths = new Set<string>();
  beforeAll(async () => {
    plane = await startControlPlane({ name: "protobuf" });
    for (const [, manifest] of [...general, ...batch]) {
      const { status, body } = await plane.call("POST", collection(manifest), manifest);
      if (status === 201) paths.add(`${collection(manifest)}/${body.metadata.name}`);
    }
  }, 120_000);
  afterAll(() => plane?.stop());

  it("every object and every list of its kind, byte for byte", async () => {
    expect(paths.size).toBeGreaterThan(10);
    const lists = new Set([...paths].map((path) => path.slice(0, path.lastIndexOf("/"))));
    for (const path of [...paths, ...lists]) {
      const json = JSON.parse((await fetchBytes(plane, path, "application/json")).toString());
      const sent = await fetchBytes(plane, path, PROTOBUF);
      expect([path, Buffer.from(protobufOf(json)).toString("latin1")]).toEqual([path, sent.toString("latin1")]);
    }
  }, 60_000);

  it("a watch, frame for frame; an error", async () => {
    const path = "/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=1";
    const lines = (await fetchBytes(plane, path, "application/json")).toString().trim().split("\n");
    const frames = lines.map((line) => {
      const { type, object } = JSON.parse(line);
      return Buffer.from(encodeWatchFrame(type, protobufOf(object)));
    });
    expect(frames.length).toBeGreaterThan(0);
    const sent = await fetchBytes(plane, path, PROTOBUF);
    expect(sent.toString("latin1")).toBe(Buffer.concat(frames).toString("latin1"));
    const missing = "/api/v1/namespaces/default/configmaps/missing";
    const status = JSON.parse((await fetchBytes(plane, missing, "application/json")).toString());
    expect((await fetchBytes(plane, missing, PROTOBUF)).toString("latin1")).toBe(
      Buffer.from(protobufOf(status)).toString("latin1"),
    );
  });
});

it("our answers as protobuf say what our JSON says, in all verbs", async () => {
  const { app } = await openTrial(MEMBER_KINDS, { authenticate: async () => ({ name: "admin", groups: [] }) });
  const ask = (path: string, accept: string, init: RequestInit = {}) =>
    app.fetch(new Request(`http://x${path}`, { ...init, headers: { accept, "content-type": "application/json" } }));
  const maps = "/api/v1/namespaces/default/configmaps";
  const made = await ask(maps, PROTOBUF, {
    method: "POST",
    body: JSON.stringify({ metadata: { name: "a" }, data: { k: "v" } }),
  });
  expect([made.status, made.headers.get("content-type")]).toEqual([201, PROTOBUF]);
  const decoded = decodeProtobuf(new Uint8Array(await made.arrayBuffer()));
  expect(decoded).toMatchObject({ ok: true, object: await (await ask(`${maps}/a`, "application/json")).json() });
  for (const path of [maps, `${maps}/a`, `${maps}/missing`]) {
    const json = await (await ask(path, "application/json")).json();
    const bytes = Buffer.from(await (await ask(path, PROTOBUF)).arrayBuffer());
    expect(bytes.toString("latin1")).toBe(Buffer.from(protobufOf(json)).toString("latin1"));
  }
  const partial = `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
  expect((await ask(`${maps}/a`, partial)).headers.get("content-type")).toBe(PROTOBUF);
  // JSON is as welcome: it goes out as it lies in the store.
  expect((await ask(maps, `${PROTOBUF},application/json`)).headers.get("content-type")).toBe("application/json");
  expect((await ask(maps, `${PROTOBUF},application/json;q=0.5`)).headers.get("content-type")).toBe(PROTOBUF);
  expect((await ask(maps, `${PROTOBUF};as=Table;g=meta.k8s.io;v=v1`)).status).toBe(406);
  const watching = await ask(`${maps}?watch=1`, PROTOBUF);
  expect(watching.headers.get("content-type")).toBe(`${PROTOBUF};stream=watch`);
  const { value } = await watching.body!.getReader().read();
  const event = { type: "ADDED", object: await (await ask(`${maps}/a`, "application/json")).json() };
  expect(Buffer.from(value!).toString("latin1")).toBe(
    Buffer.from(encodeWatchFrame("ADDED", protobufOf(event.object))).toString("latin1"),
  );
});
