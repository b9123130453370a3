// Namespaces: a living one gets its default ServiceAccount and the root CA; a dying one is emptied (namespaces/contents.ts), says in its
// conditions what holds it up, waits until the reachable clusters have removed what it held, and then loses its finalizer "kubernetes".
// Unreachable clusters do not hold it up: their tombstones stand in the log by themselves until they are carried out. The Namespace's own
// bindings are released after it is gone (follow.ts).
import { BINDINGS } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { ROOT_CA_CONFIGMAP } from "../../kinds/propagation.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";
import { isReleased } from "../../core/garbage/removal.ts";
import { withConditions, type Remaining } from "../../core/garbage/terminating.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Event, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import { deleteContents } from "./namespaces/contents.ts";
import { namespaceRef } from "./refs.ts";
import { readBinding, readObject, writeObject, type Stored } from "./rows.ts";
import { eachRow } from "./scan.ts";

const FINALIZER = "kubernetes";

export const namespacesController: Controller = {
  name: "namespaces",
  concurrency: 4,
  *wakes(event: Event, { world, kindOf }: Context) {
    if (event.resource === NAMESPACES && event.type !== "DELETED") yield event.name;
    else if (event.resource === BINDINGS && event.type === "DELETED" && world.terminating.size > 0) {
      const { namespace } = readBinding(event).value.template;
      if (world.terminating.has(namespace)) yield namespace;
    } else if (world.terminating.has(event.namespace) && kindOf.has(event.resource)) yield event.namespace;
    else if (event.type !== "ADDED" && isFurniture(event)) yield event.namespace;
  },
  async *resync({ store }) {
    for await (const row of eachRow(store, NAMESPACES)) yield row.name;
  },
  async *start({ world }) {
    yield* world.terminating;
  },
  async reconcile(name, context) {
    const row = await context.store.get({ resource: NAMESPACES, namespace: "", name });
    if (row === undefined) return;
    const namespace = readObject(row);
    if (namespace.value.metadata.deletionTimestamp === undefined) await furnish(namespace, context);
    else return await empty(namespace, context);
  },
};

const isFurniture = ({ resource, name }: Event): boolean =>
  (resource === "serviceaccounts" && name === "default") || (resource === "configmaps" && name === ROOT_CA_CONFIGMAP);

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
  const standing = new Map(rows.map((row) => [row.resource, readObject(row)]));
  const ops: Op[] = [];
  for (const [resource, object] of furniture) {
    const kind = context.kindOf.get(resource);
    const before = standing.get(resource);
    if (kind === undefined) continue;
    if (before === undefined) {
      kind.setDefaults?.(object);
      ops.push(writeObject(resource, object, undefined));
    } else if (object["data"] !== undefined && !equalJson(before.value["data"], object["data"]))
      // The CA is what it is, whatever somebody wrote there.
      ops.push(writeObject(resource, { ...before.value, data: object["data"] }, before));
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

/** One pass: deletes what is there, says what stays; with nothing left and that said, lets the Namespace go. */
async function empty(namespace: Stored<KubeObject>, context: Context): Promise<Outcome | void> {
  const { name } = namespace.value.metadata;
  const held: string[] = namespace.value["spec"]?.finalizers ?? [];
  if (!held.includes(FINALIZER)) {
    if (isReleased(namespace.value)) await write(namespace, namespace.value, context);
    return;
  }
  const contents = await deleteContents(namespace.value, context);
  const remaining = [...contents.remaining, ...(await standingBindings(name, context))];
  const told = withConditions(namespace.value, remaining, rfc3339(context.clock()));
  if (told !== namespace.value) {
    // Wakes this key again.
    await write(namespace, told, context);
    return;
  }
  if (remaining.length > 0) return contents.againMs === undefined ? undefined : { againMs: contents.againMs };
  const finalizers = held.filter((finalizer) => finalizer !== FINALIZER);
  await write(namespace, { ...namespace.value, spec: { ...namespace.value["spec"], finalizers } }, context);
}

async function write(before: Stored<KubeObject>, next: KubeObject, context: Context): Promise<void> {
  const key = { resource: NAMESPACES, namespace: "", name: next.metadata.name };
  await commit(context, {
    ops: [isReleased(next) ? { op: "delete", key, expect: before.version } : writeObject(NAMESPACES, next, before)],
  });
}

/** What reachable clusters still hold of it. */
async function standingBindings(namespace: string, { store, world }: Context): Promise<Remaining[]> {
  const reachable = [...world.clusters.keys()].filter((cluster) => world.ready(cluster));
  const counts = await Promise.all(
    reachable.map(async (cluster) => (await store.listByRef(BINDINGS, namespaceRef(cluster, namespace))).length),
  );
  const count = counts.reduce((a, b) => a + b, 0);
  return count === 0 ? [] : [{ group: "hanse.dev", version: "v1alpha1", resource: "bindings", count, finalizers: {} }];
}
