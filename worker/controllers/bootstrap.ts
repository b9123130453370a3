// What a federation is born with, as every Kubernetes cluster is: its namespaces, the API server's own Service, the priorities of the system.
// Safe to run at every start, by several processes at once; what stands already stays as it is. The namespaces' default ServiceAccount and
// root CA are the namespaces controller's, as for any other namespace.
import { kindKey, type Kind } from "../../kinds/kind.ts";
import { namespace } from "../../kinds/namespace.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { priorityClass, SYSTEM_PRIORITY_CLASSES } from "../../kinds/priorityclass.ts";
import { service } from "../../kinds/service.ts";
import type { Store } from "../store/store.ts";
import { rfc3339 } from "./context.ts";
import { writeObject } from "./rows.ts";

export interface BootstrapOptions {
  store: Store;
  /** Milliseconds since the epoch. */
  clock: () => number;
  uid: () => string;
}

const BORN_WITH = ["default", "kube-system", "kube-public", "kube-node-lease"] as const;

/** kk:pkg/controlplane/controller/kubernetesservice. Its address is the first of the root's range (kinds/service/addresses.ts). */
const API_SERVICE: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "kubernetes",
    namespace: "default",
    labels: { provider: "kubernetes", component: "apiserver" },
  },
  spec: {
    clusterIP: "240.0.0.1",
    ipFamilyPolicy: "SingleStack",
    ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: 6443 }],
  },
};

function* objects(): Iterable<[Kind, KubeObject]> {
  for (const name of BORN_WITH) yield [namespace, { apiVersion: "v1", kind: "Namespace", metadata: { name } }];
  yield [service, API_SERVICE];
  for (const object of SYSTEM_PRIORITY_CLASSES) yield [priorityClass, object];
}

/** @throws Unavailable from the store */
export async function bootstrap({ store, clock, uid }: BootstrapOptions): Promise<void> {
  const wanted = [...objects()].map(([kind, object]) => {
    const { name, namespace: home = "" } = object.metadata;
    return { kind, object, key: { resource: kindKey(kind), namespace: home, name } };
  });
  const standing = await store.getMany(wanted.map(({ key }) => key));
  for (const { kind, object, key } of wanted) {
    if (standing.some((row) => row.resource === key.resource && row.name === key.name)) continue;
    const made = structuredClone(object);
    made.metadata = { ...made.metadata, uid: uid(), creationTimestamp: rfc3339(clock()) };
    kind.setDefaults?.(made);
    kind.prepareCreate?.(made);
    // Another process that was faster made the same.
    await store.commit({ ops: [writeObject(key.resource, made, undefined)] });
  }
}
