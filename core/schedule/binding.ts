// The life of one binding: made, changed, tombstoned, revived. The generation rises whenever what the cluster should hold changes, and
// only then; a tombstone is never dropped here but by wanting the object again (P3: the report of the deletion removes the row).
//
//   (none) ──want──► live ──want other revision or share──► live, generation + 1
//                     │ ▲
//             release │ │ want                     row removed when the cluster reports it done
//                     ▼ │
//                 tombstone, generation + 1
import type { Binding, Share, TemplateRef } from "../../kinds/binding.ts";
import { equalJson } from "./canonical.ts";
import type { Labels } from "./followers.ts";

export interface Wanted {
  template: TemplateRef;
  templateGeneration: number;
  revision: string;
  share: Share;
  needs: string[];
  labels?: Labels;
  requests?: Record<string, string>;
}

/** The binding as it should stand; undefined when it stands so already. `now` in RFC 3339. */
export function want(wanted: Wanted, before: Binding | undefined, now: string): Binding | undefined {
  const revised = before === undefined || before.tombstone !== undefined || before.revision !== wanted.revision;
  const changed = revised || !equalJson(before.share, wanted.share);
  if (!changed && equalJson(before.needs, wanted.needs) && equalJson(before.labels, wanted.labels)) return undefined;
  const generation = (before?.generation ?? 0) + (changed ? 1 : 0);
  const made = before === undefined || before.tombstone !== undefined ? now : before.made;
  return {
    template: wanted.template,
    templateGeneration: wanted.templateGeneration,
    generation,
    revision: wanted.revision,
    share: wanted.share,
    needs: wanted.needs,
    ...(wanted.labels === undefined ? {} : { labels: { ...wanted.labels } }),
    ...(wanted.requests === undefined ? {} : { requests: wanted.requests }),
    revisedAt: revised ? generation : (before.revisedAt ?? generation),
    ...(made === undefined ? {} : { made }),
  };
}

/** The binding with a tombstone; undefined when it has one. `memberUid` as last reported, `now` in RFC 3339. */
export function release(before: Binding, memberUid: string | undefined, now: string): Binding | undefined {
  if (before.tombstone !== undefined) return undefined;
  return {
    ...before,
    generation: before.generation + 1,
    tombstone: { ...(memberUid === undefined ? {} : { memberUid }), since: now },
  };
}
