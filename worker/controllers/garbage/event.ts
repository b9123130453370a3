// The garbage collector's one Event: a reference to an owner in another namespace (graph_builder.go reportInvalidNamespaceOwnerRef).
// Its name follows from the two uids, so that whoever sees the same says it once.
import type { KubeObject, OwnerReference } from "../../../kinds/object.ts";
import type { Context } from "../context.ts";
import { rfc3339 } from "../context.ts";
import { writeObject } from "../rows.ts";

const EVENTS = "events";
const SOURCE = "garbage-collector-controller";

/** @throws Unavailable */
export async function tellMisplaced(object: KubeObject, ref: OwnerReference, context: Context): Promise<void> {
  if (!context.kindOf.has(EVENTS)) return;
  const { namespace = "", name, uid = "" } = object.metadata;
  const at = rfc3339(context.clock());
  const identity = `[${ref.apiVersion}/${ref.kind}, namespace: ${namespace}, name: ${ref.name}, uid: ${ref.uid}]`;
  const digest = (await context.store.digest(`${uid} ${ref.uid}`)).replace(/[^a-zA-Z0-9]/g, "").toLowerCase();
  const event: KubeObject = {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: `${name}.${digest.slice(0, 16)}`,
      namespace: namespace === "" ? "default" : namespace,
      uid: context.uid(),
      creationTimestamp: at,
    },
    involvedObject: { kind: object.kind, namespace, name, uid, apiVersion: object.apiVersion },
    reason: "OwnerRefInvalidNamespace",
    message: `ownerRef ${identity} does not exist in namespace ${JSON.stringify(namespace)}`,
    source: { component: SOURCE },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type: "Warning",
    eventTime: null,
    reportingComponent: SOURCE,
    reportingInstance: "",
  };
  if (namespace === "") delete event["involvedObject"].namespace;
  // Refused where it has been said already, or where the namespace is going.
  await context.store.commit({
    ops: [
      { op: "require", key: { resource: "namespaces", namespace: "", name: event.metadata.namespace ?? "" } },
      writeObject(EVENTS, event, undefined),
    ],
  });
}
