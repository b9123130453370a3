// What the federation has acknowledged of the objects that placed workloads made: one row each in the agent's file, so that a restart says
// nothing that was said before (P6), and knows what went away meanwhile.
import type { Database } from "./state.ts";
import type { ObservedResource } from "../kinds/protocol.ts";

export interface Acknowledged {
  resource: ObservedResource;
  namespace: string;
  name: string;
  /** Of the binding. */
  binding: string;
  /** Digest of what was said. */
  digest: string;
}

export interface ObservedState {
  /** By uid of the object in the member. */
  acknowledged: ReadonlyMap<string, Acknowledged>;
  /** Undefined: the federation does not know it any more. One transaction. */
  acknowledge(changes: ReadonlyMap<string, Acknowledged | undefined>): void;
  /** Of all resources, or one. */
  clear(resource?: ObservedResource): void;
  /** The federation forgets what a binding made together with the binding. */
  forgetBinding(uid: string): void;
}

export function openObserved(
  db: Pick<Database, "exec" | "prepare">,
  transaction: (run: () => void) => void,
): ObservedState {
  db.exec("create table if not exists observed (uid text primary key, said text not null) without rowid;");
  const put = db.prepare("insert or replace into observed (uid, said) values (?, ?)");
  const drop = db.prepare("delete from observed where uid = ?");
  const acknowledged = new Map<string, Acknowledged>();
  for (const row of db.prepare("select uid, said from observed").iterate())
    acknowledged.set(String(row["uid"]), JSON.parse(String(row["said"])) as Acknowledged);
  function acknowledge(changes: ReadonlyMap<string, Acknowledged | undefined>): void {
    if (changes.size === 0) return;
    for (const [uid, said] of changes) {
      if (said === undefined) acknowledged.delete(uid);
      else acknowledged.set(uid, said);
    }
    transaction(() => {
      for (const [uid, said] of changes) {
        if (said === undefined) drop.run(uid);
        else put.run(uid, JSON.stringify(said));
      }
    });
  }

  function forget(which: (said: Acknowledged) => boolean): void {
    const uids = [...acknowledged].filter(([, said]) => which(said)).map(([uid]) => uid);
    acknowledge(new Map(uids.map((uid) => [uid, undefined])));
  }

  return {
    acknowledged,
    acknowledge,
    clear: (resource) => forget((said) => resource === undefined || said.resource === resource),
    forgetBinding: (uid) => forget(({ binding }) => binding === uid),
  };
}
