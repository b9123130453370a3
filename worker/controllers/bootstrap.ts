// What a federation is born with, as every Kubernetes cluster is: its namespaces, the API server's own Service, the priorities of the system, the roles that everybody knows; and
// the ClusterPlacement `default`, so that the first apply simply works. That one is made once in a federation's life: an admin may delete it.
// Safe to run at every start, by several processes at once; what stands already stays as it is. The namespaces' default ServiceAccount and
// root CA are the namespaces controller's, as for any other namespace.
import { kindKey, type Kind } from "../../kinds/kind.ts";
import { DEFAULT_PLACEMENT } from "../../kinds/placement.ts";
import { clusterPlacement } from "../../kinds/placementkind.ts";
import { namespace } from "../../kinds/namespace.ts";
import { SYSTEM_NAMESPACES } from "../../kinds/namespace.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { priorityClass, SYSTEM_PRIORITY_CLASSES } from "../../kinds/priorityclass.ts";
import { service } from "../../kinds/service.ts";
import { AUTOUPDATE, BOOTSTRAP_BINDINGS, BOOTSTRAP_ROLES } from "../../kinds/rbac/bootstrap.ts";
import { rulesOf } from "../../kinds/rbac/policyrule.ts";
import { clusterRole } from "../../kinds/clusterrole.ts";
import { clusterRoleBinding } from "../../kinds/clusterrolebinding.ts";
import { uncovered } from "../../core/authorize/rules.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Row, Store } from "../store/store.ts";
import { rfc3339 } from "./context.ts";
import { readObject, writeObject } from "./rows.ts";

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
  for (const object of BOOTSTRAP_ROLES) yield [clusterRole, object];
  for (const object of BOOTSTRAP_BINDINGS) yield [clusterRoleBinding, object];
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
    const row = standing.find((one) => one.resource === key.resource && one.name === key.name);
    if (row !== undefined) {
      await complete(row, object, store);
      continue;
    }
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

/** What a later version, or nobody any more, grants: rules and subjects that are missing are added, none is taken away (reconciliation/). */
async function complete(row: Row, wanted: KubeObject, store: Store): Promise<void> {
  const field = wanted.kind === "ClusterRole" ? "rules" : "subjects";
  if (wanted["roleRef"] === undefined && wanted["rules"] === undefined) return;
  const { value, version } = readObject(row);
  if (value.metadata.annotations?.[AUTOUPDATE] === "false" || wanted["aggregationRule"] !== undefined) return;
  const held: Loose[] = value[field] ?? [];
  const missing =
    field === "rules"
      ? uncovered(rulesOf(value), rulesOf(wanted))
      : wanted[field].filter((subject: Loose) => !held.some((one) => equalJson(one, subject)));
  if (missing.length === 0) return;
  const next = { ...value, [field]: [...held, ...missing] };
  await store.commit({ ops: [writeObject(row.resource, next, { version })] });
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
