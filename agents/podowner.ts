// Whose is it? Follows the controlling owners of an object of the member up to one that the inventory names by uid: Pod, perhaps its
// ReplicaSet or Job, then what was placed. Asks the member only where the name says that it may be so, once an owner; others' pods cost nothing.
import type { KubeObject, OwnerReference } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import type { MemberKey } from "./member.ts";
import type { Parts } from "./parts.ts";

/** later: an object of ours of that name is being made, and its uid is not known yet. */
export type Owner = Entry | "foreign" | "later";

export interface Owners {
  of(object: KubeObject): Promise<Owner>;
  /** The object itself, by name and uid: is it what was placed? */
  itself(reference: Pick<OwnerReference, "apiVersion" | "kind" | "name" | "uid">, namespace: string): Promise<Owner>;
}

/** What stands between a pod and what was placed. Its name begins with that of its owner, of the one kind that makes it. */
const BETWEEN: Readonly<Record<string, { apiVersion: string; resource: string; maker: string }>> = {
  ReplicaSet: { apiVersion: "apps/v1", resource: "replicasets", maker: "deployments" },
  Job: { apiVersion: "batch/v1", resource: "jobs", maker: "cronjobs" },
};
const REMEMBERED = 2_000;

export function createOwners({ member, state }: Pick<Parts, "member" | "state">): Owners {
  /** uid of a ReplicaSet or Job -> its own controller, as long as it is one; null: it has none. */
  const between = new Map<string, OwnerReference | null>();

  async function itself(
    { apiVersion, kind, name, uid }: Pick<OwnerReference, "apiVersion" | "kind" | "name" | "uid">,
    namespace: string,
  ): Promise<Owner> {
    const entries = state.at({ apiVersion, kind, resource: resourceOf(kind), namespace, name });
    const found = entries.find((entry) => entry.memberUid === uid);
    if (found !== undefined) return found;
    if (entries.some((entry) => entry.memberUid === undefined && entry.intent)) return "later";
    const step = BETWEEN[kind];
    if (step === undefined || step.apiVersion !== apiVersion || !isMadeByOurs(name, namespace, step)) return "foreign";
    const above = await controllerOf({ apiVersion, kind, resource: step.resource, namespace, name }, uid);
    return above === undefined ? "later" : above === null ? "foreign" : itself(above, namespace);
  }

  function isMadeByOurs(name: string, namespace: string, step: { apiVersion: string; maker: string }): boolean {
    const maker = name.slice(0, Math.max(0, name.lastIndexOf("-")));
    return state.at({ apiVersion: step.apiVersion, kind: "", resource: step.maker, namespace, name: maker }).length > 0;
  }

  /** Undefined: the member did not say. */
  async function controllerOf(key: MemberKey, uid: string): Promise<OwnerReference | null | undefined> {
    const known = between.get(uid);
    if (known !== undefined) return known;
    const read = await member.get(key);
    if (!read.ok && read.transient) return undefined;
    const own = read.ok && read.object.metadata.uid === uid;
    const above = (own ? controllerReference(read.object) : undefined) ?? null;
    // Its pods go with it, and what it was is never asked again.
    if (between.size >= REMEMBERED) between.delete(between.keys().next().value ?? "");
    between.set(uid, above);
    return above;
  }

  return {
    async of(object) {
      const reference = controllerReference(object);
      return reference === undefined ? "foreign" : itself(reference, object.metadata.namespace ?? "");
    },
    itself,
  };
}

function controllerReference({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** What its plural is in every kind that makes pods, and nearly every other. */
const resourceOf = (kind: string): string => `${kind.toLowerCase()}s`;
