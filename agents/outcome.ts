// A failure of the member becomes what the report says and when it is tried again. Permanent ones too are tried again, slowly: the
// member may change (a quota, a role, a webhook) without the federation hearing of it.
import type { ReportFailure } from "../kinds/binding.ts";
import type { Entry } from "./inventory.ts";
import { backoffMs } from "./live.ts";
import type { Failure } from "./member.ts";
import { goOn } from "./order.ts";
import type { Parts } from "./parts.ts";

const TRANSIENT = { first: 250, most: 30_000 };
const PERMANENT = { first: 5_000, most: 300_000 };

export type Reason = "Conflict" | "Rejected" | "Unavailable" | "NotPermitted" | "Gone" | "Drifted" | "OwnedByOthers";

function reasonOf(failure: Failure): { reason: Reason; permanent: boolean } {
  if (failure.transient) return { reason: "Unavailable", permanent: false };
  switch (failure.code) {
    case 401:
      return { reason: "NotPermitted", permanent: true };
    case 403:
      // RBAC says `is forbidden: User "x" cannot …`; quota and admission say something else; a dying namespace passes.
      if (failure.message.includes("is being terminated")) return { reason: "Rejected", permanent: false };
      return { reason: failure.message.includes("cannot") ? "NotPermitted" : "Rejected", permanent: true };
    case 404:
      // The namespace or the kind is not there yet.
      return { reason: "Rejected", permanent: false };
    case 409:
      return { reason: "Conflict", permanent: false };
    default:
      return { reason: "Rejected", permanent: true };
  }
}

/** Records the failure, reports it, and comes back to the entry later. */
export function fail(
  parts: Parts,
  entry: Entry,
  what: { reason: Reason; permanent: boolean; message: string; retryAfterMs?: number },
): void {
  const live = parts.lives.of(entry);
  const { reason, permanent } = what;
  const message = what.message.slice(0, 1000);
  const same = entry.failure?.reason === reason && entry.failure.permanent === permanent;
  const since = same && entry.failure !== undefined ? entry.failure.since : new Date(parts.clock()).toISOString();
  const changed = !same || entry.failure?.message !== message;
  entry.failure = { reason, message, since, permanent } satisfies ReportFailure;
  if (changed) {
    parts.state.save(entry);
    parts.log("failed", { ...where(entry), reason, message, permanent });
  }
  parts.reporter.note(entry);
  parts.lives.unsettled.add(entry);
  if (permanent) goOn(parts, entry);
  // Nothing brings it back.
  if (reason === "Gone") return;
  const delay = backoffMs(live.attempts++, parts.random(), permanent ? PERMANENT : TRANSIENT);
  parts.queue.add(entry, Math.max(delay, what.retryAfterMs ?? 0));
}

export function failWith(parts: Parts, entry: Entry, failure: Failure): void {
  fail(parts, entry, { ...reasonOf(failure), message: failure.message, retryAfterMs: failure.retryAfterMs });
}

export function where({ key, uid }: Entry): Record<string, string | undefined> {
  return { kind: key.kind, namespace: key.namespace, name: key.name, binding: uid };
}
