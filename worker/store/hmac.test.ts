import fc from "fast-check";
import { expect, test } from "vitest";
import { base64url } from "./digest.ts";
import { hmacOf } from "./hmac.node.ts";

test("P10 Node's digests are WebCrypto's: a database may be served by either", async () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  await fc.assert(
    fc.asyncProperty(key, fc.string({ unit: "binary" }), async (bytes, text) => {
      const raw = new Uint8Array(bytes);
      const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const expected = base64url(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
      expect(hmacOf(raw, text)).toBe(expected);
    }),
  );
});
