// The counts of a workload that stands in several clusters and is no Deployment: a StatefulSet in blocks, a DaemonSet in every cluster, a
// ReplicaSet. Field by field, by what a field says: what stands there, what of it is good, what of that is of the newest revision. Never more
// than is true (P12): a cluster that is not heard of has nothing good, one that is behind nothing new, and no cluster's surplus stands for
// another's lack.
import type { JsonObject, Loose } from "../../kinds/object.ts";
import { number, shareOf, speaksOfRevision, terminatingReplicas, willOf, type Member } from "./member.ts";

type Says = "stands" | "good" | "current" | "newest";

/** Every field that counts pods in the status of a kind of apps/v1 or of a ReplicationController. */
const FIELDS: Readonly<Record<string, Says>> = {
  replicas: "stands",
  fullyLabeledReplicas: "stands",
  desiredNumberScheduled: "stands",
  currentNumberScheduled: "stands",
  readyReplicas: "good",
  availableReplicas: "good",
  numberReady: "good",
  numberAvailable: "good",
  currentReplicas: "current",
  updatedReplicas: "newest",
  updatedNumberScheduled: "newest",
};

/** What is left where nothing stays: pods on nodes that should have none. */
const STRAY = "numberMisscheduled";

/** `initial`: a new object's status, whose fields are shown as zeros; others only where they count something. */
export function summed(members: readonly Member[], initial: JsonObject): Loose {
  const through = isThrough(members);
  const status: Loose = { ...initial };
  for (const [field, says] of Object.entries(FIELDS)) {
    const shown = initial[field] !== undefined;
    if (!shown && members.every(({ report }) => report?.status?.[field] === undefined)) continue;
    const sum = sumOf(field, says, members, through);
    if (shown || sum > 0) status[field] = sum;
  }
  if (initial[STRAY] !== undefined) status[STRAY] = members.reduce((sum, member) => sum + strays(member), 0);
  if (initial["desiredNumberScheduled"] !== undefined) {
    const unavailable = status.desiredNumberScheduled - number(status, "numberAvailable");
    if (unavailable > 0) status.numberUnavailable = unavailable;
  }
  const terminating = terminatingReplicas(members);
  if (terminating !== undefined) status.terminatingReplicas = terminating;
  return status;
}

/** Every cluster is past its rolling update to what it was given last: the revision that pods came from is over. */
export function isThrough(members: readonly Member[]): boolean {
  return members.every(
    (member) =>
      member.binding.tombstone !== undefined || (speaksOfRevision(member) && isAtOneRevision(member.report?.status)),
  );
}

function isAtOneRevision(status: Loose): boolean {
  return status?.updateRevision === undefined || status.currentRevision === status.updateRevision;
}

function sumOf(field: string, says: Says, members: readonly Member[], through: boolean): number {
  let [sum, surplus, lack] = [0, 0, 0];
  for (const member of members) {
    const counted = counts(field, says, member, through);
    if (says === "stands") {
      sum += counted;
      continue;
    }
    const most = wanted(member);
    const good = Math.min(counted, most);
    const own = Math.min(good, shareIn(member));
    sum += own;
    surplus += good - own;
    lack += most - good;
  }
  return lack === 0 ? sum + surplus : sum;
}

/** What one cluster counts for. */
function counts(field: string, says: Says, member: Member, through: boolean): number {
  const { binding, report, reachable } = member;
  const told = number(report?.status, field);
  const leaving = binding.tombstone !== undefined;
  switch (says) {
    case "stands":
      // What was moved away from a cluster that nobody hears is not waited for.
      if (leaving && !reachable) return 0;
      if (field === "replicas") return reachable ? told : Math.max(told, wanted(member));
      // Of one that leaves these are strays; of one that has not looked yet it is surely not nothing.
      if (leaving) return field === "fullyLabeledReplicas" ? told : 0;
      return field === "desiredNumberScheduled" && !speaksOfRevision(member) ? Math.max(told, 1) : told;
    case "good":
      return reachable ? told : 0;
    case "current":
      // Once it is through, its pods are of the newest revision; as long as another is not, that is not the current one.
      return reachable && (through || !isThrough([member])) ? told : 0;
    case "newest":
      return reachable && speaksOfRevision(member) ? told : 0;
  }
}

/** Pods that should run there: its share, what an autoscaler made of it, or one on each of the nodes that its controller counts. */
function wanted(member: Member): number {
  return nodesIn(member) ?? willOf(member);
}

/** Without what an autoscaler made of it. */
function shareIn(member: Member): number {
  return nodesIn(member) ?? (member.binding.tombstone === undefined ? shareOf(member.binding) : 0);
}

function nodesIn({ binding, report }: Member): number | undefined {
  const nodes = report?.status?.["desiredNumberScheduled"];
  return binding.tombstone === undefined && typeof nodes === "number" ? nodes : undefined;
}

function strays({ binding, report }: Member): number {
  return number(report?.status, binding.tombstone === undefined ? STRAY : "currentNumberScheduled");
}
