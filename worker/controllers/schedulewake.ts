// Which changes of the log concern where a template runs. Cheap: every change passes here, so most are told by their text or by what was
// parsed of them already.
import { BINDINGS, templateName, type Binding } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { PLACEMENT_ANNOTATION, REBALANCE_ANNOTATION } from "../../kinds/placement.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { findingOf, type FollowerRule } from "../../core/schedule/finding.ts";
import { sameForMembers } from "../../core/schedule/revision.ts";
import type { Event } from "../store/store.ts";
import type { Context } from "./context.ts";
import { asMembersSee, withoutOwners } from "./followers.ts";
import { parsed } from "./parsed.ts";
import { startsToFail } from "./stop.ts";

/** Annotations that ask for another placement, and never leave the root. */
const ASKING = [PLACEMENT_ANNOTATION, REBALANCE_ANNOTATION];

export function* wakes(event: Event, context: Context): Iterable<string> {
  const { kindOf } = context;
  if (event.resource === BINDINGS) {
    const { template, ceiling } = parsed<Binding>(event.value);
    const evicted =
      event.type === "MODIFIED" &&
      ceiling !== undefined &&
      event.previous !== undefined &&
      parsed<Binding>(event.previous).ceiling !== ceiling;
    if (event.type !== "DELETED" && !evicted) return;
    if (kindOf.get(template.resource)?.federation.rule === "workload") yield templateName(template);
    return;
  }
  const kind = kindOf.get(event.resource);
  const rule = kind?.federation;
  if (rule?.rule === "follower") {
    // Its autoscaler lets it go.
    const target = event.type === "DELETED" ? targetOf(event, rule, context) : undefined;
    if (target !== undefined) yield target;
    return;
  }
  if (kind === undefined || rule?.rule !== "workload") return;
  if (!mayLeave(kind, event.value) && (event.previous === undefined || !mayLeave(kind, event.previous))) return;
  if (event.type === "MODIFIED" && event.previous !== undefined) {
    const [before, after] = [parsed<KubeObject>(event.previous), parsed<KubeObject>(event.value)];
    const letGo = propagatesAs(before, kind, context) !== propagatesAs(after, kind, context);
    if (
      !letGo &&
      !(rule.once === true && startsToFail(event)) &&
      sameForMembers(before, after, rule) &&
      ASKING.every((name) => before.metadata.annotations?.[name] === after.metadata.annotations?.[name]) &&
      equalJson(before.metadata.finalizers, after.metadata.finalizers)
    )
      return;
  }
  yield templateName(event);
}

function targetOf({ value, namespace }: Event, rule: FollowerRule, { kinds }: Context): string | undefined {
  const finding =
    rule.finds !== undefined && "target" in rule.finds ? findingOf(parsed<KubeObject>(value), rule) : undefined;
  if (finding === undefined || !("target" in finding)) return undefined;
  const { target } = finding;
  const kind = kinds.find((one) => one.kind === target.kind && one.group === target.group);
  return kind === undefined ? undefined : templateName({ resource: kindKey(kind), namespace, name: target.name });
}

/** Records that never left (the ReplicaSets of a Deployment) are no work: each decision writes some. */
export function mayLeave(kind: Kind, value: string): boolean {
  return kind.propagates === undefined || kind.propagates(withoutOwners(parsed<KubeObject>(value)));
}

const propagatesAs = (object: KubeObject, kind: Kind, context: Context): boolean =>
  kind.propagates?.(asMembersSee(object, context)) !== false;
