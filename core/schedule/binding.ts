// The life of one binding: made, changed, tombstoned, revived. The generation rises whenever what the cluster should hold changes, and
// only then; a tombstone is never dropped here but by wanting the object again (P3: the report of the deletion removes the row).
//
//   (none) ──want──► live ──want other revision, share, override or manner──► live, generation + 1
//                     │ ▲
//             release │ │ want                     row removed when the cluster reports it done
//                     ▼ │
//                 tombstone, generation + 1
import type { Binding, Manner, Share, TemplateRef, Tombstone } from "../../kinds/binding.ts";
import { equalJson } from "./canonical.ts";
import type { Labels } from "./followers.ts";

export interface Wanted {
  template: TemplateRef;
  templateGeneration: number;
  revision: string;
  share: Share;
  /** As in Binding, like those that follow. */
  override?: string | undefined;
  manner?: Manner | undefined;
  leaving?: true | undefined;
  ceiling?: number | undefined;
  /** People set its replicas, and an autoscaler there has set others since. */
  resized?: boolean | undefined;
  needs: string[];
  labels?: Labels;
  requests?: Record<string, string>;
  pods?: number;
}

/** The binding as it should stand; undefined when it stands so already. `now` in RFC 3339. */
export function want(wanted: Wanted, before: Binding | undefined, now: string): Binding | undefined {
  const revised =
    before === undefined ||
    before.tombstone !== undefined ||
    before.revision !== wanted.revision ||
    before.override !== wanted.override;
  const reshared = revised || !equalJson(before.share, wanted.share);
  const changed = reshared || wanted.resized === true || !equalJson(before.manner, wanted.manner);
  if (
    !changed &&
    equalJson(before.needs, wanted.needs) &&
    equalJson(before.labels, wanted.labels) &&
    before.leaving === wanted.leaving &&
    before.ceiling === wanted.ceiling
  )
    return undefined;
  const generation = (before?.generation ?? 0) + (changed ? 1 : 0);
  const revivedAt = before?.tombstone === undefined ? before?.revivedAt : generation;
  const made = before === undefined || before.tombstone !== undefined ? now : before.made;
  return {
    template: wanted.template,
    templateGeneration: wanted.templateGeneration,
    generation,
    revision: wanted.revision,
    share: wanted.share,
    ...(wanted.override === undefined ? {} : { override: wanted.override }),
    ...(wanted.manner === undefined ? {} : { manner: wanted.manner }),
    ...(wanted.leaving === undefined ? {} : { leaving: wanted.leaving }),
    ...(wanted.ceiling === undefined ? {} : { ceiling: wanted.ceiling }),
    needs: wanted.needs,
    ...(wanted.labels === undefined ? {} : { labels: { ...wanted.labels } }),
    ...(wanted.requests === undefined ? {} : { requests: wanted.requests }),
    ...(wanted.pods === undefined ? {} : { pods: wanted.pods }),
    ...resizedAt(wanted.resized === true ? generation : before?.resized),
    revisedAt: revised ? generation : (before.revisedAt ?? generation),
    ...(revivedAt === undefined ? {} : { revivedAt }),
    ...(made === undefined ? {} : { made }),
    ...(before?.held === true && before.tombstone === undefined ? { held: true } : {}),
  };
}

const resizedAt = (resized: number | undefined): Pick<Binding, "resized"> => (resized === undefined ? {} : { resized });

/** How the one who deletes wants it done. */
export type Leaving = Pick<Tombstone, "orphan" | "graceSeconds">;

/**
 * The binding with a tombstone; undefined when it has one already, unless it now gives less time or is to orphan. `memberUid` as last
 * reported, `now` in RFC 3339.
 */
export function release(
  before: Binding,
  memberUid: string | undefined,
  now: string,
  leaving: Leaving = {},
): Binding | undefined {
  const { tombstone } = before;
  const orphan = tombstone?.orphan === true || leaving.orphan === true;
  const graces = [tombstone?.graceSeconds, leaving.graceSeconds].filter((seconds) => seconds !== undefined);
  const next: Tombstone = {
    ...tombstone,
    ...(memberUid === undefined ? {} : { memberUid }),
    since: tombstone?.since ?? now,
    ...(orphan ? { orphan } : {}),
    ...(graces.length === 0 ? {} : { graceSeconds: Math.min(...graces) }),
  };
  if (tombstone !== undefined && tombstone.orphan === next.orphan && tombstone.graceSeconds === next.graceSeconds)
    return undefined;
  return { ...before, generation: before.generation + 1, tombstone: next };
}
