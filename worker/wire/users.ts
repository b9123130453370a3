// Bearer tokens: takes the token out of a request. Never logs or keeps one; hashing and look-up are the platform's business.

/** The token of `Authorization: Bearer …` (RFC 6750); the scheme's case does not matter. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  if (header === null || header.length < 8 || header.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  const token = header.slice(7).trim();
  return token === "" ? undefined : token;
}

/** Every authenticated user is in this group. */
export const AUTHENTICATED = "system:authenticated";
