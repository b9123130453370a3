// What the divided fields of a follower are in each cluster: read from the live bindings of what it follows, whose shares they are divided like.
import type { Binding, Share } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { FollowerRule } from "../../core/schedule/finding.ts";
import { followerShares, numberAt } from "../../core/schedule/followershare.ts";
import type { Context } from "./context.ts";
import { keyOf, readObject, type InCluster } from "./rows.ts";
import { templateName } from "../../kinds/binding.ts";

/** `followed`: bindings, of any cluster; one that is leaving counts for nothing. */
export async function dividedLike(
  followed: readonly InCluster<Binding>[],
  object: KubeObject,
  rule: FollowerRule,
  context: Context,
): Promise<Map<string, Share>> {
  const live = followed.filter(
    ({ cluster, value }) => value.tombstone === undefined && context.world.clusters.has(cluster),
  );
  const parts = new Map<string, number>();
  for (const { cluster, value } of live) parts.set(cluster, (parts.get(cluster) ?? 0) + podsOf(value));
  return followerShares(object, rule, parts, await isCopied(live, context));
}

const podsOf = ({ share, pods }: Binding): number => Object.values(share)[0] ?? pods ?? 1;

/** All that it follows is in several clusters, and in each of them as a whole. */
async function isCopied(live: readonly InCluster<Binding>[], { store, kindOf }: Context): Promise<boolean> {
  const byTemplate = Map.groupBy(live, ({ value }) => templateName(value.template));
  if (byTemplate.size === 0) return false;
  const rows = await store.getMany([...byTemplate.keys()].map(keyOf));
  const templates = new Map(rows.map((row) => [templateName(row), readObject(row).value]));
  return [...byTemplate].every(([name, bindings]) => {
    const rule = kindOf.get(keyOf(name).resource)?.federation;
    const template = templates.get(name);
    if (bindings.length < 2 || rule?.rule !== "workload" || template === undefined) return false;
    const [counted] = rule.divided;
    return bindings.every(({ value }) =>
      counted === undefined ? true : value.share[counted] === numberAt(template, counted),
    );
  });
}
