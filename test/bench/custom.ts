// Custom resources: from a definition's creation until its kind answers a list, and what it costs a client that asks for documents meanwhile.
import { Client, expectStatus, percentile, type Target } from "./client.ts";
import { record } from "./report.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const COUNT = 20;
const LIMIT_MS = 10_000;

const definition = (name: string): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${name}s.bench.example.com` },
  spec: {
    group: "bench.example.com",
    scope: "Namespaced",
    names: { plural: `${name}s`, kind: name.charAt(0).toUpperCase() + name.slice(1) },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
          },
        },
      },
    ],
  },
});

export async function benchCustom(target: Target): Promise<void> {
  const client = new Client(target, 1);
  const served: number[] = [];
  for (let index = 0; index < COUNT; index++) {
    const name = `bench${String.fromCharCode(97 + index)}`;
    const start = performance.now();
    expectStatus(await client.call("POST", DEFINITIONS, definition(name)), 201);
    while ((await client.call("GET", `/apis/bench.example.com/v1/namespaces/default/${name}s`)).status !== 200)
      if (performance.now() - start > LIMIT_MS) throw new Error(`${name} is not served after ${LIMIT_MS} ms`);
    served.push(performance.now() - start);
  }
  record({
    what: `CustomResourceDefinition posted until its kind is served, worst of ${COUNT}`,
    value: percentile(served, 1),
    unit: "ms",
    goal: ["<=", 1000],
    beside: `P50 ${percentile(served, 0.5).toFixed(0)} ms`,
  });
  const start = performance.now();
  expectStatus(await client.call("GET", "/openapi/v3"), 200);
  record({ what: "OpenAPI v3 index after a definition: first answer", value: performance.now() - start, unit: "ms" });
  client.close();
}
