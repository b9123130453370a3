// Namespaces: every active one has its default ServiceAccount and the cluster's CA; one that is being deleted is emptied, then let go
// (kk:pkg/controller/namespace, serviceaccount, rootcacertpublisher).
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { configMap } from "../../kinds/configmap.ts";
import { NAMESPACES } from "../../kinds/namespace.ts";
import { ROOT_CA_CONFIGMAP } from "../../kinds/propagation.ts";
import { serviceAccount } from "../../kinds/serviceaccount.ts";
import { create, keyOf, keyResource, type Member, parse, read, remove, update } from "./objects.ts";

/** What a namespace holds; Events go last, without mattering. */
const CONTENT = MEMBER_KINDS.filter(({ namespaced }) => namespaced).map(keyResource);

export async function reconcileNamespace(member: Member, name: string): Promise<void> {
  const { store } = member;
  const stored = await read(store, { resource: NAMESPACES, namespace: "", name });
  if (stored === undefined) return;
  const { object, row } = stored;
  if (object.metadata.deletionTimestamp === undefined) {
    await create(member, serviceAccount, { metadata: { name: "default", namespace: name } });
    await create(member, configMap, { metadata: { name: ROOT_CA_CONFIGMAP, namespace: name }, data: { "ca.crt": "" } });
    return;
  }
  let left = 0;
  for (const resource of CONTENT) {
    const { rows } = await store.list({ resource, namespace: name });
    for (const found of rows) await remove(member, parse(found));
    left += (await store.list({ resource, namespace: name, limit: 1 })).rows.length;
  }
  // What finalizers hold brings this namespace back when it goes.
  if (left > 0) return;
  if ((object.metadata.finalizers ?? []).length > 0) {
    await update(store, stored, { ...object, spec: { ...object.spec, finalizers: undefined } });
    return;
  }
  await store.commit({ ops: [{ op: "delete", key: keyOf(row), expect: row.version }] });
}
