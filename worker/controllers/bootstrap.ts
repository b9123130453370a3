// What a federation is born with: the namespaces every Kubernetes cluster has. Safe to run at every start, by several processes at once.
// Their default ServiceAccount and root CA are the namespaces controller's, as for any other namespace.
import type { KubeObject } from "../../kinds/object.ts";
import { namespace } from "../../kinds/namespace.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";
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

/** @throws Unavailable from the store */
export async function bootstrap({ store, clock, uid }: BootstrapOptions): Promise<void> {
  const standing = await store.getMany(BORN_WITH.map((name) => ({ resource: NAMESPACES, namespace: "", name })));
  for (const name of BORN_WITH) {
    if (standing.some((row) => row.name === name)) continue;
    const object: KubeObject = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, uid: uid(), creationTimestamp: rfc3339(clock()) },
    };
    namespace.setDefaults?.(object);
    namespace.prepareCreate?.(object);
    // Another process that was faster made the same.
    await store.commit({ ops: [writeObject(NAMESPACES, object, undefined)] });
  }
}
