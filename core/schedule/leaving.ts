// Make before break: where shares move, what falls is held until what rises elsewhere is available. What the template itself gave up falls at
// once; what nobody took up yet is held for as long. Promises: never below what is wanted by our own doing; nothing is held that does not
// serve (its pods are not available in a cluster that is heard), and nothing beyond what is wanted.
//
//   decided elsewhere ──► held (Decision.leaving, Binding.leaving) ──replacements available, one by one──► falls ──► tombstone

export interface Holding {
  /** What the template wants in all. */
  wanted: number;
  clusters: readonly HoldingCluster[];
}

export interface HoldingCluster {
  name: string;
  /** What the binding there says now. */
  stands: number;
  /** Decided before; beyond it the binding is held already. */
  before: number;
  /** Decided now. */
  decided: number;
  /** Available there, as far as is known; 0 of a cluster that is not heard. */
  available: number;
  reachable: boolean;
}

/** How much each cluster keeps beyond its own; only those that do. */
export function heldBack({ wanted, clusters }: Holding): Record<string, number> {
  const sum = (of: (cluster: HoldingCluster) => number): number => clusters.reduce((all, one) => all + of(one), 0);
  const held = sum(({ stands, before }) => Math.max(0, stands - before));
  const falls = sum(({ before, decided }) => Math.max(0, before - decided));
  const givenUp = Math.max(0, sum(({ before }) => before) - wanted);
  const most = held + falls - Math.min(falls, givenUp);
  const available = sum((cluster) => Math.min(cluster.decided, cluster.available));
  let left = Math.max(0, Math.min(wanted - available, most));
  const kept: Record<string, number> = {};
  // Who is heard first: its pods serve for certain.
  for (const { name, stands, decided, reachable, available: here } of [...clusters].sort(
    (a, b) => Number(b.reachable) - Number(a.reachable) || (a.name < b.name ? -1 : 1),
  )) {
    const extra = Math.min(left, stands - decided);
    if (extra <= 0 || (reachable && here === 0)) continue;
    kept[name] = extra;
    left -= extra;
  }
  return kept;
}
