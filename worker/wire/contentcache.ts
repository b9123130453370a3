// Parsed revision contents by digest. Contents never change, so an entry is right for ever; bounded by text, oldest use goes first.
// The objects are shared: whoever gets one must not change it (core/render copies what it fills in).
import type { KubeObject } from "../../kinds/object.ts";
import type { Store } from "../store/store.ts";

export interface Contents {
  /** Unknown digests are absent. */
  get(digests: string[]): Promise<Map<string, KubeObject>>;
}

export function createContents(store: Pick<Store, "contents">, limitChars = 8_000_000): Contents {
  const known = new Map<string, { object: KubeObject; chars: number }>();
  let chars = 0;

  function keep(digest: string, text: string): KubeObject {
    const object = JSON.parse(text) as KubeObject;
    known.set(digest, { object, chars: text.length });
    chars += text.length;
    for (const [oldest, entry] of known) {
      if (chars <= limitChars) break;
      known.delete(oldest);
      chars -= entry.chars;
    }
    return object;
  }

  return {
    async get(digests) {
      const found = new Map<string, KubeObject>();
      const missing: string[] = [];
      for (const digest of new Set(digests)) {
        const entry = known.get(digest);
        if (entry === undefined) {
          missing.push(digest);
          continue;
        }
        known.delete(digest);
        known.set(digest, entry);
        found.set(digest, entry.object);
      }
      if (missing.length > 0) {
        for (const [digest, text] of await store.contents(missing))
          if (!found.has(digest)) found.set(digest, keep(digest, text));
      }
      return found;
    },
  };
}
