// Which changes decide where other objects stand, and so may delete some that nobody named: those of policies, clusters, a Namespace's choice of
// Placement and what selectors see of a workload. Held against the budget of deletions before they are made (worker/wire/plan.ts); all other
// writes pay nothing for it. DELETE of a workload or a Namespace, and a scale, are the user's own word.
import { CLUSTERS } from "./cluster.ts";
import { type Kind, kindKey } from "./kind.ts";
import { NAMESPACES } from "./namespace.ts";
import type { KubeObject } from "./object.ts";
import {
  CLUSTER_OVERRIDES,
  CLUSTER_PLACEMENTS,
  CONFIRM_DELETIONS_ANNOTATION,
  OVERRIDES,
  PLACEMENT_ANNOTATION,
  PLACEMENTS,
} from "./placement.ts";
import { sameTaint, type Taint } from "./rules/taints.ts";

/** Undefined: it is made, or it goes. */
type Steers = (before: KubeObject | undefined, after: KubeObject | undefined) => boolean;

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? {}) !== JSON.stringify(b ?? {});

const placement: Steers = (before, after) =>
  before === undefined ||
  after === undefined ||
  differ(before["spec"], after["spec"]) ||
  differ(before.metadata.deletionTimestamp, after.metadata.deletionTimestamp);

/** A cluster that comes takes nothing away; a cordon and a NoSchedule taint leave what stands there. */
const cluster: Steers = (before, after) => {
  if (before === undefined) return false;
  if (after === undefined) return true;
  const taints = (object: KubeObject): Taint[] => object["spec"]?.taints ?? [];
  const expels = taints(after).some(
    (taint) =>
      taint.effect === "NoExecute" && !taints(before).some((one) => sameTaint(one, taint) && one.value === taint.value),
  );
  return (
    expels ||
    differ(before.metadata.labels, after.metadata.labels) ||
    differ(selectable(before), selectable(after)) ||
    differ(before.metadata.deletionTimestamp, after.metadata.deletionTimestamp)
  );
};

/** Annotations that an expression may ask for. */
function selectable({ metadata }: KubeObject): Record<string, string> {
  const own = Object.entries(metadata.annotations ?? {});
  return Object.fromEntries(
    own.filter(([key]) => key !== CONFIRM_DELETIONS_ANNOTATION && !key.endsWith("last-applied-configuration")),
  );
}

const asked = (object: KubeObject): string | undefined => object.metadata.annotations?.[PLACEMENT_ANNOTATION];

const namespace: Steers = (before, after) =>
  before !== undefined && after !== undefined && differ(asked(before), asked(after));

const workload: Steers = (before, after) =>
  before !== undefined &&
  after !== undefined &&
  (differ(before.metadata.labels, after.metadata.labels) || differ(asked(before), asked(after)));

/** Overrides change what stands somewhere, and never whether. */
const never: Steers = () => false;

const STEERING: Readonly<Record<string, Steers>> = {
  [PLACEMENTS]: placement,
  [CLUSTER_PLACEMENTS]: placement,
  [OVERRIDES]: never,
  [CLUSTER_OVERRIDES]: never,
  [CLUSTERS]: cluster,
  [NAMESPACES]: namespace,
};

/** May this change delete what it does not name? */
export function steers(kind: Kind, before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  const own = STEERING[kindKey(kind)] ?? (kind.federation.rule === "workload" ? workload : never);
  return own(before, after);
}

/** Does anything of this kind bear on what stands in the clusters? */
export function isPlannable(kind: Kind): boolean {
  const { rule } = kind.federation;
  return rule === "workload" || rule === "follower" || STEERING[kindKey(kind)] !== undefined;
}
