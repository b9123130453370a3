// What a federation is born with, as every Kubernetes cluster is: its namespaces, the API server's own Service, the priorities of the system; and
// the ClusterPlacement `default`, so that the first apply simply works. That one is made once in a federation's life: an admin may delete it.
// Safe to run at every start, by several processes at once; what stands already stays as it is. The namespaces' default ServiceAccount and
// root CA are the namespaces controller's, as for any other namespace.
import { kindKey, type Kind } from "../../kinds/kind.ts";
import { DEFAULT_PLACEMENT } from "../../kinds/placement.ts";
import { clusterPlacement } from "../../kinds/placementkind.ts";
import { namespace } from "../../kinds/namespace.ts";
import { SYSTEM_NAMESPACES } from "../../kinds/namespace.ts";
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

/** What is made once: a row here, written in the commit that makes it, says that it was (value: when). */
const MARKS = "marks.hanse.dev";

/** All clusters, divided by free capacity. It comes after every other whatever its priority (core/placement/effective.ts), and says so. */
const FALLBACK: KubeObject = {
  apiVersion: "hanse.dev/v1alpha1",
  kind: "ClusterPlacement",
  metadata: { name: DEFAULT_PLACEMENT },
  spec: { priority: -1_000_000_000 },
};

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
  for (const name of SYSTEM_NAMESPACES) yield [namespace, { apiVersion: "v1", kind: "Namespace", metadata: { name } }];
  yield [service, API_SERVICE];
  for (const object of SYSTEM_PRIORITY_CLASSES) yield [priorityClass, object];
}

/** @throws Unavailable from the store */
export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const { store } = options;
  const wanted = [...objects()].map(([kind, object]) => {
    const { name, namespace: home = "" } = object.metadata;
    return { kind, object, key: { resource: kindKey(kind), namespace: home, name } };
  });
  const standing = await store.getMany(wanted.map(({ key }) => key));
  for (const { kind, object, key } of wanted) {
    if (standing.some((row) => row.resource === key.resource && row.name === key.name)) continue;
    // Another process that was faster made the same.
    await store.commit({ ops: [writeObject(key.resource, newborn(kind, object, options), undefined)] });
  }
  await onceOnly(clusterPlacement, FALLBACK, options);
}

function newborn(kind: Kind, object: KubeObject, { clock, uid }: BootstrapOptions): KubeObject {
  const made = structuredClone(object);
  made.metadata = { ...made.metadata, uid: uid(), creationTimestamp: rfc3339(clock()) };
  kind.setDefaults?.(made);
  kind.prepareCreate?.(made);
  return made;
}

/** The mark and the object are one commit: neither two processes nor a death in between make it a second time. */
async function onceOnly(kind: Kind, object: KubeObject, options: BootstrapOptions): Promise<void> {
  const { store, clock } = options;
  const resource = kindKey(kind);
  const key = { resource: MARKS, namespace: "", name: `${resource}.${object.metadata.name}` };
  if ((await store.get(key)) !== undefined) return;
  const mark = { op: "create", key, value: JSON.stringify({ made: rfc3339(clock()) }) } as const;
  const made = newborn(kind, object, options);
  made.metadata.generation = 1;
  const result = await store.commit({ ops: [mark, writeObject(resource, made, undefined)] });
  // An admin has written one before this version knew of it: that one stands.
  if (!result.ok && result.index === 1) await store.commit({ ops: [mark] });
}
