// Empties a Namespace, kind by kind, whatever kinds there are: first what is given time to end (Pods: nothing else goes before they have,
// kk feature OrderedNamespaceDeletion), then workloads, then what they need beside them. What finalizers hold is only marked.
import { kindKey, type Kind } from "../../../kinds/kind.ts";
import type { KubeObject } from "../../../kinds/object.ts";
import { OBSERVED_TEXT } from "../../../kinds/observed.ts";
import { removal } from "../../../core/garbage/removal.ts";
import type { Remaining } from "../../../core/garbage/terminating.ts";
import type { Op } from "../../store/store.ts";
import { commit } from "../commit.ts";
import type { Context } from "../context.ts";
import { readObject, writeObject } from "../rows.ts";
import { eachRow } from "../scan.ts";

const DELETES_PER_COMMIT = 200;
/** Of what is not deleted but marked: everybody else's commits wait behind one statement. */
const CHARS_PER_COMMIT = 1_000_000;

export interface Contents {
  remaining: Remaining[];
  /** When what was given time to end should have ended; until then its standing is no failure. */
  againMs?: number;
}

/** @throws Busy, Unavailable */
export async function deleteContents(namespace: KubeObject, context: Context): Promise<Contents> {
  const since = Date.parse(namespace.metadata.deletionTimestamp ?? "");
  const remaining: Remaining[] = [];
  let againMs: number | undefined;
  for (const kinds of phases(context.kinds)) {
    for (const kind of kinds) {
      const left = await deleteKind(kind, namespace.metadata.name, context);
      if (left.count === 0) continue;
      const { group, version, resource } = kind;
      const { count, finalizers, graceSeconds } = left;
      const graceMs = since + graceSeconds * 1000 - context.clock();
      const unexpected = graceMs <= 0 && Object.keys(finalizers).length === 0;
      if (graceMs > 0) againMs = Math.max(againMs ?? 0, graceMs);
      remaining.push({ group, version, resource, count, finalizers, ...(unexpected ? { unexpected } : {}) });
    }
    if (remaining.length > 0 && kinds.some((kind) => kind.grace !== undefined)) break;
  }
  return againMs === undefined ? { remaining } : { remaining, againMs };
}

function phases(kinds: readonly Kind[]): Kind[][] {
  const namespaced = kinds.filter((kind) => kind.namespaced);
  const graceful = namespaced.filter((kind) => kind.grace !== undefined);
  const others = namespaced.filter((kind) => kind.grace === undefined);
  const isWorkload = (kind: Kind): boolean => kind.federation.rule === "workload";
  return [graceful, others.filter(isWorkload), others.filter((kind) => !isWorkload(kind))];
}

interface Left {
  count: number;
  finalizers: Record<string, number>;
  graceSeconds: number;
}

async function deleteKind(kind: Kind, namespace: string, context: Context): Promise<Left> {
  const resource = kindKey(kind);
  const left: Left = { count: 0, finalizers: {}, graceSeconds: 0 };
  let ops: Op[] = [];
  let chars = 0;
  for await (const row of eachRow(context.store, resource, namespace)) {
    // It goes with its binding, when its cluster says so.
    if (row.value.includes(OBSERVED_TEXT)) continue;
    const stored = readObject(row);
    const next = removal(kind, stored.value, "Background", context.clock());
    if (next === undefined)
      ops.push({ op: "delete", key: { resource, namespace, name: row.name }, expect: row.version });
    else {
      count(left, next);
      if (next !== stored.value) {
        ops.push(writeObject(resource, next, stored));
        chars += row.value.length;
      }
    }
    if (ops.length < DELETES_PER_COMMIT && chars < CHARS_PER_COMMIT) continue;
    await commit(context, { ops });
    [ops, chars] = [[], 0];
  }
  if (ops.length > 0) await commit(context, { ops });
  return left;
}

function count(left: Left, { metadata }: KubeObject): void {
  left.count += 1;
  left.graceSeconds = Math.max(left.graceSeconds, metadata.deletionGracePeriodSeconds ?? 0);
  for (const finalizer of metadata.finalizers ?? []) left.finalizers[finalizer] = (left.finalizers[finalizer] ?? 0) + 1;
}
