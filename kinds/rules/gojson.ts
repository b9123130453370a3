// Values as kube-apiserver's own Go types print them: some of its errors quote an internal type as JSON, whose fields have Go's names, stand in
// Go's order and are all there (apimachinery field.Error, pkg/util/diff). A GoStruct says for each Go field where its value is and what it is when absent.
import type { Loose } from "../object.ts";
import { unifiedDiff } from "./diff.ts";

/** Go field -> its name in the API, its zero value, and the type of what it holds where that is a struct (or a list of them). */
export type GoStruct = Readonly<Record<string, readonly [name: string, zero: Loose, of?: GoStruct]>>;

export function goValue(struct: GoStruct, value: Loose): Loose {
  const out: Loose = {};
  for (const [field, [name, zero, of]] of Object.entries(struct)) {
    const found = value?.[name] ?? zero;
    if (found === null || of === undefined) out[field] = sorted(found);
    else if (Array.isArray(found)) out[field] = found.map((one) => goValue(of, one));
    else out[field] = goValue(of, found);
  }
  return out;
}

/** Maps by key, as encoding/json writes them. */
function sorted(value: Loose): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** json.MarshalIndent with one blank: what differs from JavaScript are the characters that HTML minds. */
export function goPretty(value: Loose): string {
  return JSON.stringify(value, undefined, 1).replace(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What upstream appends to an error about a change: a diff of the internal values' JSON. */
export function goDiff(struct: GoStruct, before: Loose, after: Loose): string {
  return unifiedDiff(goPretty(goValue(struct, before)), goPretty(goValue(struct, after)));
}
