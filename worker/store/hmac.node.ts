// HMAC-SHA-256 on Node without WebCrypto, whose job in another thread and way back cost more than the hashing of a template.
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

let known: { key: Uint8Array; made: KeyObject } | undefined;

/** As 43 characters of base64url, like Store.digest. */
export function hmacOf(key: Uint8Array, value: string): string {
  if (known?.key !== key) known = { key, made: createSecretKey(key) };
  return createHmac("sha256", known.made).update(value).digest("base64url");
}
