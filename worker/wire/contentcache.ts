// Parsed revision contents by digest, and what an override makes of them. Contents never change, so an entry is right for ever; bounded by
// text, oldest use goes first. The objects are shared: whoever gets one must not change it (core/render copies what it fills in).
import type { Binding } from "../../kinds/binding.ts";
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import { applyJsonPatch } from "../../core/patch/json.ts";
import type { Store } from "../store/store.ts";

/** What of a binding says which object it is, but for the share. */
export type Cut = Pick<Binding, "revision" | "override">;

export interface Contents {
  /** By `cutKey`; those of unknown digests are absent. */
  get(cuts: readonly Cut[]): Promise<Map<string, KubeObject>>;
}

export function cutKey({ revision, override }: Cut): string {
  return override === undefined ? revision : `${revision} ${override}`;
}

export function createContents(store: Pick<Store, "contents">, limitChars = 8_000_000): Contents {
  const known = new Map<string, { value: unknown; chars: number }>();
  let chars = 0;

  function keep<T>(key: string, value: T, length: number): T {
    known.set(key, { value, chars: length });
    chars += length;
    for (const [oldest, entry] of known) {
      if (chars <= limitChars) break;
      known.delete(oldest);
      chars -= entry.chars;
    }
    return value;
  }

  function recall(key: string): unknown {
    const entry = known.get(key);
    if (entry === undefined) return undefined;
    known.delete(key);
    known.set(key, entry);
    return entry.value;
  }

  async function read(digests: Iterable<string>): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    const missing: string[] = [];
    for (const digest of new Set(digests)) {
      const value = recall(digest);
      if (value === undefined) missing.push(digest);
      else found.set(digest, value);
    }
    if (missing.length > 0)
      for (const [digest, text] of await store.contents(missing))
        found.set(digest, keep(digest, JSON.parse(text), text.length));
    return found;
  }

  return {
    async get(cuts) {
      const found = new Map<string, KubeObject>();
      const missing = new Map<string, Cut>();
      for (const cut of cuts) {
        const key = cutKey(cut);
        const object = recall(key);
        if (object === undefined) missing.set(key, cut);
        else found.set(key, object as KubeObject);
      }
      const texts = await read(
        [...missing.values()].flatMap(({ revision, override }) =>
          override === undefined ? [revision] : [revision, override],
        ),
      );
      for (const [key, { revision, override }] of missing) {
        const content = texts.get(revision);
        const patch = override === undefined ? undefined : texts.get(override);
        if (content === undefined || (override !== undefined && patch === undefined)) continue;
        found.set(
          key,
          override === undefined
            ? (content as KubeObject)
            : keep(key, patched(content as JsonObject, patch, key), 2_000),
        );
      }
      return found;
    },
  };
}

/** Patches were tried on their content before their digest was written: one that fails is a broken database. */
function patched(content: JsonObject, patch: unknown, key: string): KubeObject {
  const result = applyJsonPatch(content, patch);
  if (!result.ok) throw new Error(`the override of ${key} does not apply: ${result.detail ?? result.message}`);
  return result.object as KubeObject;
}
