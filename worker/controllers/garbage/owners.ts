// Looks owners up where a dependent says they are: by apiVersion, kind and name in its own namespace; the uid decides whether it is they.
// A cluster-scoped object cannot have a namespaced owner, a kind that is not served cannot be looked up: both are unknown, never absent.
import { ROOT_PROJECTIONS } from "../../../kinds/all.ts";
import { kindKey, type Kind } from "../../../kinds/kind.ts";
import { formatApiVersion, type KubeObject, type OwnerReference } from "../../../kinds/object.ts";
import { isWaiting, type OwnerState } from "../../../core/garbage/judge.ts";
import type { Key, Row } from "../../store/store.ts";
import type { Context } from "../context.ts";
import { readRows } from "../recent.ts";

/** Kinds by what a reference calls them, of every served version. */
const byType = new WeakMap<readonly Kind[], ReadonlyMap<string, Kind>>();

function typeOf(ref: OwnerReference, { served }: Context): Kind | undefined {
  let types = byType.get(served);
  if (types === undefined) {
    const type = (kind: Kind): string => `${formatApiVersion(kind.group, kind.version)} ${kind.kind}`;
    byType.set(served, (types = new Map(served.map((kind) => [type(kind), kind]))));
  }
  return types.get(`${ref.apiVersion} ${ref.kind}`);
}

/** Where the owner's row is, in which store resource; a projection's is its source's, whose uid it shows. */
function place(ref: OwnerReference, namespace: string, context: Context): Key | "unknown" {
  const kind = typeOf(ref, context);
  if (kind === undefined || (kind.namespaced && namespace === "")) return "unknown";
  return { resource: resourceOf(kind), namespace: kind.namespaced ? namespace : "", name: ref.name };
}

function resourceOf(kind: Kind): string {
  const stored = kind.conversion?.stored ?? kind;
  return (stored.group === "" ? ROOT_PROJECTIONS[stored.resource]?.source : undefined) ?? kindKey(stored);
}

/** In the order of the object's references. @throws Unavailable */
export async function ownerStates(object: KubeObject, context: Context): Promise<OwnerState[]> {
  const { ownerReferences = [], namespace = "" } = object.metadata;
  const places = ownerReferences.map((ref) => place(ref, namespace, context));
  const wanted = new Map(places.flatMap((key) => (key === "unknown" ? [] : [[id(key), key]])));
  const rows = new Map((await readRows([...wanted.values()], context)).map((row) => [id(row), row]));
  return places.map((key, index) => {
    if (key === "unknown") return "unknown";
    const row = rows.get(id(key));
    const owner = row === undefined ? undefined : (JSON.parse(row.value) as KubeObject);
    if (owner === undefined || owner.metadata.uid !== ownerReferences[index]?.uid) return "absent";
    return isWaiting(owner) ? "waiting" : "living";
  });
}

/** References whose owner stands, but in another namespace than they can reach. Looks through all namespaces: for new references only. */
export async function misplaced(
  object: KubeObject,
  states: readonly OwnerState[],
  context: Context,
): Promise<OwnerReference[]> {
  const { ownerReferences = [], namespace = "" } = object.metadata;
  const found: OwnerReference[] = [];
  for (const [index, ref] of ownerReferences.entries()) {
    const kind = typeOf(ref, context);
    if (kind?.namespaced !== true || (states[index] !== "absent" && states[index] !== "unknown")) continue;
    const { rows } = await context.store.list({ resource: resourceOf(kind), name: ref.name });
    const elsewhere = (row: Row): boolean =>
      row.namespace !== namespace && (JSON.parse(row.value) as KubeObject).metadata.uid === ref.uid;
    if (rows.some(elsewhere)) found.push(ref);
  }
  return found;
}

const id = (key: Key): string => `${key.resource}/${key.namespace}/${key.name}`;
