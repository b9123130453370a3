// Is this the cluster that the data directory is of? Told by the uid of its kube-system namespace, which is kept at first sight. Everything the
// agent knows (uids, what is applied) is of that one cluster: in another, by a wrong context or a copied directory, all of it would be made
// again, and tombstones reported as carried out. Not refused: a member that does not let us see that namespace, or has none.
import { type Failure, KUBE_SYSTEM, type Member } from "./member.ts";
import type { State } from "./state.ts";

/** Undefined: it is, as far as anybody can tell. A failure: not known yet, the member does not answer. */
export type SameMember = () => Promise<Failure | undefined>;

/** `foreign` is told, once, that it is another. */
export function createSameMember(
  member: Pick<Member, "get">,
  state: State,
  foreign: (message: string) => void,
): SameMember {
  let asking: Promise<Failure | undefined> | undefined;

  async function ask(): Promise<Failure | undefined> {
    const system = await member.get(KUBE_SYSTEM);
    if (!system.ok) return system.transient ? system : undefined;
    const { uid } = system.object.metadata;
    const known = state.meta("member");
    if (known === undefined) state.setMeta({ member: uid });
    if (known === undefined || known === uid) return undefined;
    const message = `the data directory is of another cluster (kube-system ${known}, here ${uid}): a new cluster needs a new data directory and join token`;
    foreign(message);
    return { ok: false, code: 0, reason: "Conflict", message, transient: true };
  }

  return async () => {
    asking ??= ask();
    const failure = await asking.catch((error: Error): Failure => ({
      ok: false,
      code: 0,
      reason: "Unavailable",
      message: error.message,
      transient: true,
    }));
    if (failure !== undefined) asking = undefined;
    return failure;
  };
}
