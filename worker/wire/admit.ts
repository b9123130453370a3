// Admission of a new object: what its kind wants to know of others is read first, which most kinds never do (Kind.looksUp), and only then is
// filled in or refused what depends on it (kk:plugin/pkg/admission: Priority, DefaultStorageClass, DefaultIngressClass).
import type { Kind, Lookup } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Row } from "../store/store.ts";
import type { Exchange } from "./exchange.ts";

/** Answers with why the object is forbidden, if it is. `kind` is the stored one. */
export async function admitNew(x: Exchange, kind: Kind, object: KubeObject): Promise<string | undefined> {
  const wanted = kind.looksUp?.(object);
  const found = wanted === undefined ? undefined : await lookUp(x, wanted);
  return kind.admit?.(object, undefined, found) ?? undefined;
}

/** Classes are few: all of them are read at once where none is named. */
async function lookUp(x: Exchange, { resource, name }: Lookup): Promise<KubeObject[]> {
  const { reader } = x.options;
  const named = name === undefined ? undefined : await reader.get({ resource, namespace: "", name });
  const rows: Row[] = name === undefined ? (await reader.list({ resource })).rows : named ? [named] : [];
  return rows.map(({ value }) => JSON.parse(value) as KubeObject);
}
