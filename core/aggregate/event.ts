// What happened to a template, as Kubernetes Events beside it: `kubectl describe` shows them.
// A failure in a member: one Event per (template, cluster, reason, message), counted up when the failure is seen anew; its name is derived, so
// writing it twice changes nothing. A decision that changed where a workload runs: one Event per decision, with its why and why not.
import type { ReportFailure, TemplateRef } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import type { Decision } from "../schedule/decision.ts";
import { podTemplateHash } from "../schedule/revision.ts";
import { explainUnplaced } from "../schedule/schedule.ts";
import { joined } from "./conditions.ts";

const MESSAGE_MAX = 1024;
const COMPONENT = "hanse";

export function failureEvent(
  template: TemplateRef,
  cluster: string,
  failure: ReportFailure,
  before: KubeObject | undefined,
  uid: () => string,
): KubeObject | undefined {
  // Kubernetes times have whole seconds; the failure's own time names the occurrence.
  const seen = `${failure.since.slice(0, 19)}Z`;
  if (before !== undefined && String(before["lastTimestamp"]) >= seen) return undefined;
  return {
    ...about(template, failureEventName(template, cluster, failure), {
      uid: before?.metadata.uid ?? uid(),
      made: before?.metadata.creationTimestamp ?? seen,
    }),
    reason: failure.reason,
    message: `${cluster}: ${failure.message}`.slice(0, MESSAGE_MAX),
    source: { component: COMPONENT, host: cluster },
    firstTimestamp: before?.["firstTimestamp"] ?? seen,
    lastTimestamp: seen,
    count: (before?.["count"] ?? 0) + 1,
    type: "Warning",
    eventTime: null,
    reportingComponent: COMPONENT,
    reportingInstance: cluster,
  };
}

/**
 * Undefined: everything runs where it ran. `before` is the decision it replaces, at `version` of the log. `now` in RFC 3339. `spec` of the
 * Placement that was followed, where there was one.
 */
export function placementEvent(
  decision: Decision,
  before: { value: Decision; version: number } | undefined,
  now: string,
  uid: string,
  spec?: PlacementSpec,
): KubeObject | undefined {
  const { template, replicas, unplaced } = decision;
  if (before === undefined ? replicas === 0 : sameShares(before.value, decision)) return undefined;
  return {
    ...about(
      template,
      `${template.name.slice(0, 230)}.${podTemplateHash([template.uid, "placed", before?.version ?? 0])}`,
      { uid, made: now },
    ),
    reason: unplaced > 0 ? "Unplaced" : decision.lost === undefined ? "Placed" : "ClusterGone",
    message: placement(decision, spec).slice(0, MESSAGE_MAX),
    source: { component: COMPONENT },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type: unplaced > 0 || decision.lost !== undefined ? "Warning" : "Normal",
    eventTime: null,
    reportingComponent: COMPONENT,
    reportingInstance: "",
  };
}

/** "6 replicas by free capacity: virginia 4 (room for 91); paris 2 (room for 29); none in tokyo (NotReady)". */
function placement(decision: Decision, spec: PlacementSpec | undefined): string {
  const { replicas, unplaced, verdicts, pods } = decision;
  if (pods !== undefined) return placedWhole(decision, pods);
  const given = verdicts.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  const why = ({ capacity, whyNot }: Decision["verdicts"][number]): string =>
    whyNot !== undefined ? ` (${whyNot}: keeps what it has)` : capacity === undefined ? "" : ` (room for ${capacity})`;
  const said =
    given.length === 0
      ? []
      : [
          `${replicas - unplaced} ${replicas - unplaced === 1 ? "replica" : "replicas"} ${how(decision, spec)}: ${joined(given.map((verdict) => `${verdict.cluster} ${verdict.share}${why(verdict)}`))}`,
        ];
  const none = verdicts.flatMap(({ cluster, share, whyNot, detail }) =>
    share === 0 && whyNot !== undefined
      ? [`${cluster} (${whyNot}${whyNot === "Expelled" && detail !== undefined ? `: ${detail}` : ""})`]
      : [],
  );
  if (unplaced > 0) said.push(explainUnplaced(decision));
  else if (replicas === 0) said.push("nothing to run");
  else if (none.length > 0) said.push(`none in ${joined(none)}`);
  return said.join("; ");
}

const WEIGHING: Record<NonNullable<PlacementSpec["weighing"]>, string> = {
  FreeCapacity: "by free capacity",
  Even: "evenly",
  Pack: "in as few clusters as fit",
  Static: "by weights alone",
};

/** What decided: the Placement's weighing, and what bent it. */
function how({ everywhere, frozen, verdicts }: Decision, spec: PlacementSpec | undefined): string {
  if (frozen !== undefined) return "as they stood";
  if (everywhere === true) return "in every cluster";
  const weighing = spec?.weighing ?? "FreeCapacity";
  const scored = (name: string): boolean => verdicts.some(({ scores }) => scores?.[name] !== undefined);
  const bent = [
    ...(weighing !== "Static" && scored("Weight") ? ["weights"] : []),
    ...(scored("NodeAffinity") ? ["preferred affinity"] : []),
    ...(scored("TaintToleration") ? ["taints"] : []),
    ...(scored("Group") ? ["order of groups"] : []),
  ];
  return bent.length === 0 ? WEIGHING[weighing] : `${WEIGHING[weighing]}, with ${bent.join(", ")}`;
}

/** "alpha has the most room (for 12 pods; 3 wanted)". */
function placedWhole(decision: Decision, pods: number): string {
  const { verdicts, unplaced, lost } = decision;
  if (lost !== undefined) return `cluster ${lost} left the federation with it; it is not made a second time`;
  const given = verdicts.find(({ share }) => share > 0);
  if (unplaced > 0 || given === undefined) return explainUnplaced(decision);
  if (given.capacity === undefined) return `placed in ${given.cluster}`;
  return `placed in ${given.cluster}, which has room for ${given.capacity} (${pods} wanted)`;
}

function sameShares(a: Decision, b: Decision): boolean {
  const bare = ({ verdicts, unplaced, lost, gated, missing }: Decision): string =>
    JSON.stringify([
      unplaced,
      lost,
      gated,
      missing,
      verdicts.flatMap(({ cluster, share }) => (share > 0 ? [[cluster, share]] : [])),
    ]);
  return bare(a) === bare(b);
}

function about(
  template: TemplateRef,
  name: string,
  { uid, made }: { uid: string; made: string },
): Pick<KubeObject, "apiVersion" | "kind" | "metadata"> & Record<string, unknown> {
  const { apiVersion, kind, namespace } = template;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: eventNamespace(template), uid, creationTimestamp: made },
    involvedObject: {
      apiVersion,
      kind,
      name: template.name,
      ...(namespace === "" ? {} : { namespace }),
      uid: template.uid,
    },
  };
}

/** Events of cluster-scoped objects stand in "default", as upstream puts them. */
export function eventNamespace(template: TemplateRef): string {
  return template.namespace === "" ? "default" : template.namespace;
}

export function failureEventName(template: TemplateRef, cluster: string, failure: ReportFailure): string {
  return `${template.name.slice(0, 230)}.${podTemplateHash([template.uid, cluster, failure.reason, failure.message])}`;
}
