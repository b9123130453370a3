// Claims that somebody made under the names that a StatefulSet gives its own: they hold its data, so they go ahead of it, and it goes where
// they are. Only those that exist are named: all others its cluster makes from the template, and they are that cluster's.
import { templateName } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { claimPrefixes, isOrdinalOf } from "../../core/schedule/followers.ts";
import type { Context } from "./context.ts";

const CLAIMS = "persistentvolumeclaims";
const PAGE = 200;

/** Their store names. */
export async function claimsOf(template: KubeObject, { store, kindOf }: Context): Promise<string[]> {
  const { namespace = "" } = template.metadata;
  if (!kindOf.has(CLAIMS)) return [];
  const found: string[] = [];
  for (const prefix of claimPrefixes(template)) {
    let after: string | undefined = prefix;
    while (after !== undefined) {
      const page = await store.list({ resource: CLAIMS, namespace, after: { namespace, name: after }, limit: PAGE });
      after = page.more ? page.rows.at(-1)?.name : undefined;
      for (const { name } of page.rows) {
        // Digits come before letters: what has none in its place ends the range.
        if (!name.startsWith(prefix) || !/\d/.test(name.charAt(prefix.length))) after = undefined;
        else if (isOrdinalOf(template, name.slice(prefix.length)))
          found.push(templateName({ resource: CLAIMS, namespace, name }));
      }
    }
  }
  return found;
}
