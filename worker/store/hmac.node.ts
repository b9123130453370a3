// HMAC-SHA-256 on Node without WebCrypto, whose job in another thread and way back cost more than the hashing of a template.
import { createHmac } from "node:crypto";

/** As 43 characters of base64url, like Store.digest. */
export function hmacOf(key: Uint8Array, value: string): string {
  return createHmac("sha256", key).update(value).digest("base64url");
}
