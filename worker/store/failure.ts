// Turns what the database client throws into the one class that the rest of Hanse knows. Whether a write may have happened is decided
// here alone: a lost connection says nothing about it, a refusal by the server or a connection that never was says no.
import { Unavailable } from "./store.ts";

/** The client's own codes for a statement that was never sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "CONNECT_TIMEOUT", "CONNECTION_ENDED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"]);

/** SQLSTATE 57P01–57P03: the server ends connections or starts; what was under way is not known. */
const SHUTTING_DOWN = /^57P0[1-5]$/;

export interface Failed {
  code?: string;
  message?: string;
  severity?: string;
}

/** The server read the statement and refused it: nothing of it was written. */
export function isRefusal(error: unknown): boolean {
  const { code, severity } = error as Failed;
  return severity !== undefined && code !== undefined && !SHUTTING_DOWN.test(code);
}

export function unavailable(error: unknown, writing: boolean): Unavailable {
  if (error instanceof Unavailable) return error;
  const { code, message } = error as Failed;
  const unknown = writing && !isRefusal(error) && !(code !== undefined && NEVER_SENT.has(code));
  return new Unavailable(`the database ${isRefusal(error) ? "refused" : "did not answer"}: ${message ?? String(error)}`, unknown, error);
}
