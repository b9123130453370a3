// A small Deployment and configurations for parts of it, as the tests of patches against a real kube-apiserver send them.
import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from "../../../kinds/object.ts";

export function deployment(name: string, over: JsonObject = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "w" } },
      template: {
        metadata: { labels: { app: "w" } },
        spec: {
          containers: [{ name: "c", image: "nginx:1", ports: [{ containerPort: 80 }] }],
          volumes: [{ name: "v", emptyDir: {} }],
        },
      },
    },
    ...over,
  };
}

/** managedFields without the moments of their times, in an order of their own. */
export function owners(entries: ManagedFieldsEntry[] | undefined): unknown {
  const timeless = entries?.map(({ time, ...entry }) => ({ ...entry, time: time !== undefined }));
  return timeless?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

export const config = (spec: JsonValue, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata,
  spec,
});
export const containers = (...list: JsonValue[]): JsonObject => config({ template: { spec: { containers: list } } });
