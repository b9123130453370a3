// Who is asking. The admin's bearer token opens everything; an agent's JWT opens only its own cluster's paths; nobody else gets in.
// A token that was good is remembered for a few seconds, so that a busy client does not cost a statement per request; a revoked
// one therefore works on for that long.
import { type Credentials, hashToken } from "./store/credentials.ts";
import type { User } from "./wire/options.ts";
import { AUTHENTICATED, bearerToken } from "./wire/users.ts";

const REMEMBER_MS = 10_000;
/** Tokens remembered at once; there is one admin token, so this bounds a mistake, not a working set. */
const MAX_REMEMBERED = 1000;

const ADMIN: User = { name: "admin", groups: ["system:masters", AUTHENTICATED] };

export type Authenticate = (request: Request) => Promise<User | undefined>;

/** `clock` in milliseconds. */
export function adminAuthentication(credentials: Credentials, clock: () => number): Authenticate {
  const remembered = new Map<string, number>();
  return async (request) => {
    const token = bearerToken(request);
    if (token === undefined) return undefined;
    const now = clock();
    const until = remembered.get(token);
    if (until !== undefined && until > now) return ADMIN;
    if (!(await credentials.isAdminToken(await hashToken(token)))) {
      remembered.delete(token);
      return undefined;
    }
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(token, now + REMEMBER_MS);
    return ADMIN;
  };
}
