// Finished Jobs with ttlSecondsAfterFinished are deleted when that is over, in the foreground as kube-controller-manager does
// (kk:pkg/controller/ttlafterfinished). The root does it alone: clusters never see the field, or a Job would go there and come again.
import { templateName } from "../../kinds/binding.ts";
import { JOBS } from "../../kinds/job.ts";
import { expiresAt } from "../../core/garbage/expiry.ts";
import { removal } from "../../core/garbage/removal.ts";
import type { Event } from "../store/store.ts";
import { commit } from "./commit.ts";
import type { Context, Controller, Outcome } from "./context.ts";
import { readRows } from "./recent.ts";
import { keyOf, readObject, writeObject } from "./rows.ts";
import { eachRow } from "./scan.ts";

const TTL_TEXT = '"ttlSecondsAfterFinished":';
/** A timer holds no more than 24.8 days; the rest is waited for when it has run out. */
const LONGEST_WAIT_MS = 86_400_000;

export const expireController: Controller = {
  name: "expire",
  concurrency: 2,
  *wakes(event: Event) {
    if (event.resource !== JOBS || event.type === "DELETED" || !event.value.includes(TTL_TEXT)) return;
    if (expiresAt(readObject(event).value) !== undefined) yield templateName(event);
  },
  resync: waiting,
  start: waiting,
  reconcile,
};

async function* waiting({ store, kindOf }: Context): AsyncIterable<string> {
  if (!kindOf.has(JOBS)) return;
  for await (const row of eachRow(store, JOBS))
    if (row.value.includes(TTL_TEXT) && expiresAt(readObject(row).value) !== undefined) yield templateName(row);
}

async function reconcile(name: string, context: Context): Promise<Outcome | void> {
  const key = keyOf(name);
  const [row] = await readRows([key], context);
  if (row === undefined) return;
  const job = readObject(row);
  const at = expiresAt(job.value);
  if (at === undefined) return;
  const now = context.clock();
  if (at > now) return { againMs: Math.min(at - now, LONGEST_WAIT_MS) };
  const next = removal(context.kindOf.get(key.resource), job.value, "Foreground", now);
  if (next !== undefined) await commit(context, { ops: [writeObject(key.resource, next, job)] });
}
