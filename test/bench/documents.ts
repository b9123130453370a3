// Discovery and OpenAPI documents: what the first client after a start waits for, and what every further one costs. Needs a federation that
// nobody has asked for a document yet.
import { expectStatus, percentile, pool, Client, type Target } from "./client.ts";
import { record } from "./report.ts";

const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
const PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

const DOCUMENTS = [
  { what: "aggregated discovery", path: "/apis", accept: DISCOVERY },
  { what: "OpenAPI v3 of apps/v1", path: "/openapi/v3/apis/apps/v1", accept: "application/json" },
  { what: "OpenAPI v3 index", path: "/openapi/v3", accept: "application/json" },
  { what: "OpenAPI v2", path: "/openapi/v2", accept: "application/json" },
  { what: "OpenAPI v2 as protobuf", path: "/openapi/v2", accept: PROTOBUF },
];
const AGAIN = 200;

export async function benchDocuments(target: Target): Promise<void> {
  const client = new Client(target, 16);
  // The connection is no part of it.
  expectStatus(await client.call("GET", "/version"), 200);
  for (const { what, path, accept } of DOCUMENTS) {
    const ask = async (): Promise<void> =>
      expectStatus(await client.call("GET", path, undefined, undefined, accept), 200);
    const first = await pool(1, 1, ask);
    const again = await pool(AGAIN, 1, ask);
    record({ what: `${what}: first answer`, value: first.totalMs, unit: "ms" });
    record({
      what: `${what}: further answers, P50 of ${AGAIN}`,
      value: percentile(again.durationsMs, 0.5),
      unit: "ms",
    });
  }
  client.close();
}
