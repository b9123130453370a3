// Namespaces: a living one gets its default ServiceAccount and the root CA; a dying one is emptied, waits until the reachable clusters have
// removed what it held, and then loses its finalizer "kubernetes". Unreachable clusters do not hold it up: their tombstones stand in the
// log by themselves until they are carried out. The Namespace's own bindings are released after it is gone (follow.ts).
import { BINDINGS } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { ROOT_CA_CONFIGMAP } from "../../kinds/propagation.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";
import type { Event, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import { namespaceRef } from "./refs.ts";
import { readBinding, readObject, writeObject, type Stored } from "./rows.ts";
import { eachRow } from "./scan.ts";

const FINALIZER = "kubernetes";
const DELETES_PER_COMMIT = 200;
/** Contents with finalizers of others go when those say so: looked at again, not waited for. */
const LOOK_AGAIN_MS = 2_000;

export const namespacesController: Controller = {
  name: "namespaces",
  concurrency: 4,
  *wakes(event: Event, { world }: Context) {
    if (event.resource === NAMESPACES && event.type !== "DELETED") yield event.name;
    else if (event.resource === BINDINGS && event.type === "DELETED" && world.terminating.size > 0) {
      const { namespace } = readBinding(event).value.template;
      if (world.terminating.has(namespace)) yield namespace;
    } else if (
      event.type === "DELETED" &&
      (event.resource === "serviceaccounts" || event.resource === "configmaps") &&
      (event.name === "default" || event.name === ROOT_CA_CONFIGMAP)
    ) {
      yield event.namespace;
    }
  },
  async *resync({ store }) {
    for await (const row of eachRow(store, NAMESPACES)) yield row.name;
  },
  async reconcile(name, context) {
    const row = await context.store.get({ resource: NAMESPACES, namespace: "", name });
    if (row === undefined) return;
    const namespace = readObject(row);
    if (namespace.value.metadata.deletionTimestamp === undefined) await furnish(namespace, context);
    else return await empty(namespace, context);
  },
};

/** What kube-controller-manager's serviceaccount and root-ca-cert-publisher controllers put into every namespace. */
async function furnish({ value }: Stored<KubeObject>, context: Context): Promise<void> {
  const { name } = value.metadata;
  const furniture: [resource: string, object: KubeObject][] = [
    ["serviceaccounts", made({ apiVersion: "v1", kind: "ServiceAccount" }, "default", name, context)],
  ];
  if (context.ca !== undefined) {
    const annotations = {
      "kubernetes.io/description": "Contains a CA bundle that can be used to verify the federation's API server.",
    };
    const rootCa = made({ apiVersion: "v1", kind: "ConfigMap" }, ROOT_CA_CONFIGMAP, name, context);
    furniture.push([
      "configmaps",
      { ...rootCa, metadata: { ...rootCa.metadata, annotations }, data: { "ca.crt": context.ca } },
    ]);
  }
  const rows = await context.store.getMany(
    furniture.map(([resource, { metadata }]) => ({ resource, namespace: name, name: metadata.name })),
  );
  const standing = new Set(rows.map((row) => row.resource));
  const ops: Op[] = [];
  for (const [resource, object] of furniture) {
    const kind = context.kindOf.get(resource);
    if (kind === undefined || standing.has(resource)) continue;
    kind.setDefaults?.(object);
    ops.push(writeObject(resource, object, undefined));
  }
  if (ops.length > 0)
    await commit(context, { ops: [{ op: "require", key: { resource: NAMESPACES, namespace: "", name } }, ...ops] });
}

function made(
  type: { apiVersion: string; kind: string },
  name: string,
  namespace: string,
  { uid, clock }: Context,
): KubeObject {
  return { ...type, metadata: { name, namespace, uid: uid(), creationTimestamp: rfc3339(clock()) } };
}

async function empty(namespace: Stored<KubeObject>, context: Context): Promise<Outcome | void> {
  const { name } = namespace.value.metadata;
  const left = await deleteContents(name, context);
  const bindings = await standingBindings(name, context);
  if (left > 0) return { againMs: LOOK_AGAIN_MS };
  // Their removal wakes this key.
  if (bindings > 0) return;
  const finalizers: string[] = (namespace.value["spec"]?.finalizers ?? []).filter(
    (finalizer: string) => finalizer !== FINALIZER,
  );
  const key = { resource: NAMESPACES, namespace: "", name };
  if (finalizers.length === 0 && (namespace.value.metadata.finalizers ?? []).length === 0) {
    await commit(context, { ops: [{ op: "delete", key, expect: namespace.version }] });
  } else if (finalizers.length !== (namespace.value["spec"]?.finalizers ?? []).length) {
    await commit(context, {
      ops: [
        writeObject(NAMESPACES, { ...namespace.value, spec: { ...namespace.value["spec"], finalizers } }, namespace),
      ],
    });
  }
}

/** Deletes what can be, marks what has finalizers; answers how many objects stay. */
async function deleteContents(namespace: string, context: Context): Promise<number> {
  let left = 0;
  const now = rfc3339(context.clock());
  // Workloads first: what they need beside them is to leave after them.
  const kinds = context.kinds.filter((kind) => kind.namespaced);
  for (const kind of [...kinds.filter(isWorkload), ...kinds.filter((other) => !isWorkload(other))]) {
    const resource = kindKey(kind);
    let ops: Op[] = [];
    for await (const row of eachRow(context.store, resource, namespace)) {
      const object = readObject(row);
      const { finalizers = [], deletionTimestamp } = object.value.metadata;
      if (finalizers.length === 0)
        ops.push({ op: "delete", key: { resource, namespace, name: row.name }, expect: row.version });
      else {
        left += 1;
        if (deletionTimestamp === undefined)
          ops.push(
            writeObject(
              resource,
              {
                ...object.value,
                metadata: { ...object.value.metadata, deletionTimestamp: now, deletionGracePeriodSeconds: 0 },
              },
              object,
            ),
          );
      }
      if (ops.length === DELETES_PER_COMMIT) {
        await commit(context, { ops });
        ops = [];
      }
    }
    if (ops.length > 0) await commit(context, { ops });
  }
  return left;
}

function isWorkload(kind: Kind): boolean {
  return kind.federation.rule === "workload";
}

async function standingBindings(namespace: string, { store, world }: Context): Promise<number> {
  const reachable = [...world.clusters.keys()].filter((cluster) => world.ready(cluster));
  const counts = await Promise.all(
    reachable.map(async (cluster) => (await store.listByRef(BINDINGS, namespaceRef(cluster, namespace))).length),
  );
  return counts.reduce((a, b) => a + b, 0);
}
