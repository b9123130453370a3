// Values of the wrong type in a strategic merge patch, in kube-apiserver's own words for these very patches.
import { expect, test } from "vitest";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { openTrial } from "./trial.ts";

const SERVICES = "/api/v1/namespaces/default/services";

test.each([
  [{ ports: [{ port: 80.5 }] }, "cannot convert float64 to int32"],
  [{ ports: [{ port: "80" }] }, "unrecognized type: int32"],
  [{ type: 1 }, "cannot convert int64 to v1.ServiceType"],
  [{ type: true }, "unrecognized type: string"],
  [{ selector: { a: 1 } }, "cannot convert int64 to string"],
  [{ publishNotReadyAddresses: 1 }, "unrecognized type: bool"],
])("spec %j: %s", async (spec, why) => {
  const { call } = await openTrial(MEMBER_KINDS);
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: 80 }] } };
  expect((await call("POST", SERVICES, service)).status).toBe(201);
  const type = { "content-type": "application/strategic-merge-patch+json" };
  const { status, body } = await call("PATCH", `${SERVICES}/a`, { spec }, type);
  expect(status).toBe(422);
  expect(body.message).toMatch(new RegExp(`: ${why}$`));
});
