// Bearer tokens: takes the token out of a request and asks a lookup that was passed in. Never logs or keeps a token;
// hashing and storage are the lookup's business.
import type { User } from "./options.ts";

/** The token of `Authorization: Bearer …` (RFC 6750); the scheme's case does not matter. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  if (header === null || header.length < 8 || header.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  const token = header.slice(7).trim();
  return token === "" ? undefined : token;
}

/** Every authenticated user is in this group. */
export const AUTHENTICATED = "system:authenticated";

/** An `authenticate` for ApiOptions. */
export function bearerAuthentication(
  lookup: (token: string) => Promise<User | undefined>,
): (request: Request) => Promise<User | undefined> {
  return async (request) => {
    const token = bearerToken(request);
    if (token === undefined) return undefined;
    const user = await lookup(token);
    if (user === undefined || user.groups.includes(AUTHENTICATED)) return user;
    return { name: user.name, groups: [...user.groups, AUTHENTICATED] };
  };
}
