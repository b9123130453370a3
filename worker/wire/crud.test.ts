import { expect, test } from "vitest";
import { configMap as configmap } from "../../kinds/configmap.ts";
import { namespace } from "../../kinds/namespace.ts";
import { openTrial } from "./trial.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

test("an object goes from create to deletion", async () => {
  const { call } = await openTrial([namespace, configmap]);
  const created = await call("POST", MAPS, { metadata: { name: "a" }, data: { k: "v" } });
  expect(created.status, created.text).toBe(201);
  expect(created.body).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" }, data: { k: "v" } });
  const read = await call("GET", `${MAPS}/a`);
  expect(read.body).toEqual(created.body);
  const listed = await call("GET", MAPS);
  expect(listed.body).toMatchObject({ kind: "ConfigMapList", metadata: { resourceVersion: read.body.metadata.resourceVersion } });
  expect(listed.body.items).toHaveLength(1);
  const updated = await call("PUT", `${MAPS}/a`, { ...read.body, data: { k: "w" } });
  expect(updated.status, updated.text).toBe(200);
  expect(updated.body.data).toEqual({ k: "w" });
  const stale = await call("PUT", `${MAPS}/a`, { ...read.body, data: { k: "x" } });
  expect(stale.status).toBe(409);
  const deleted = await call("DELETE", `${MAPS}/a`);
  expect(deleted.body).toMatchObject({ kind: "Status", status: "Success", details: { name: "a", kind: "configmaps" } });
  expect((await call("GET", `${MAPS}/a`)).status).toBe(404);
});

test("a watch sends what changed after its version, one line an event", async () => {
  const { call, request } = await openTrial([namespace, configmap]);
  const { body: list } = await call("GET", MAPS);
  const stream = await request(`${MAPS}?watch=true&resourceVersion=${list.metadata.resourceVersion}`);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  await call("POST", MAPS, { metadata: { name: "a" } });
  await call("DELETE", `${MAPS}/a`);
  let text = "";
  while (text.split("\n").length < 3) text += (await reader.read()).value;
  await reader.cancel();
  const events = text.trim().split("\n").map((line) => JSON.parse(line));
  expect(events.map((e) => [e.type, e.object.metadata.name])).toEqual([["ADDED", "a"], ["DELETED", "a"]]);
});
