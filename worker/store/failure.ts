// Turns what the database client throws into the one class that the rest of Hanse knows. Whether a write may have happened is decided
// here alone: a lost connection says nothing about it, a refusal by the server or a connection that never was says no.
import { Unavailable } from "./store.ts";

/** The client's own codes, and SQLSTATE 57P03 (it is only starting), for a statement that was never sent. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "CONNECT_TIMEOUT",
  "CONNECTION_ENDED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "57P03",
]);

/** SQLSTATEs with which the server ends connections: what was under way is not known. */
const ENDING = /^57P0[1245]$/;

export interface Failed {
  code?: string;
  message?: string;
  severity?: string;
}

/** The server read the statement and refused it: nothing of it was written. */
export function isRefusal(error: unknown): boolean {
  const { code, severity } = error as Failed;
  return severity !== undefined && code !== undefined && !ENDING.test(code);
}

export function unavailable(error: unknown, writing: boolean): Unavailable {
  if (error instanceof Unavailable) return error;
  const { code, message } = error as Failed;
  const unknown = writing && !isRefusal(error) && !(code !== undefined && NEVER_SENT.has(code));
  return new Unavailable(
    `the database ${isRefusal(error) ? "refused" : "did not answer"}: ${message ?? String(error)}`,
    unknown,
    error,
  );
}
