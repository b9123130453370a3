// The status at the root of what goes with its target and counts there: an autoscaler, a disruption budget. Sums, since its bounds and counts are
// divided; what a cluster that nobody hears of would allow or finds healthy counts for nothing (P12).
import type { Condition, JsonObject, KubeObject, Loose } from "../../kinds/object.ts";
import { conditionsOf, joined, setCondition, type Said } from "./conditions.ts";
import { byName, number, observed, type Member } from "./member.ts";

export interface FinderInput {
  object: KubeObject;
  /** Its bindings, tombstones included. */
  members: readonly Member[];
  /** Milliseconds since the epoch. */
  nowMs: number;
}

const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Every reachable cluster tells of the newest that it was given. */
function answers(members: readonly Member[]): boolean {
  return members.every(
    ({ binding, report, reachable }) =>
      binding.tombstone !== undefined ||
      !reachable ||
      (observed(binding, report) && number(report?.status, "observedGeneration") > 0),
  );
}

const sum = (members: readonly Member[], field: string): number =>
  members.reduce((all, { report }) => all + number(report?.status, field), 0);
const heardOf = (members: readonly Member[]): Member[] => members.filter(({ reachable }) => reachable);

/** How long a pod that was evicted counts as disrupted while nothing is heard of it (pkg/controller/disruption, DeletionTimeout). */
const DISRUPTED_MS = 120_000;

/** Of a PodDisruptionBudget. What the eviction endpoint took off it stays off until the clusters surely tell of it. */
export function budgetStatus(input: FinderInput): { status: JsonObject; againMs?: number } {
  const { object, nowMs } = input;
  const members = byName(input.members);
  const before: Loose = object["status"] ?? {};
  const disrupted = Object.entries((before.disruptedPods ?? {}) as Record<string, string>)
    .map(([pod, time]) => ({ pod, time, leftMs: Date.parse(time) + DISRUPTED_MS - nowMs }))
    .filter(({ leftMs }) => leftMs > 0);
  const allowed = Math.max(0, sum(heardOf(members), "disruptionsAllowed") - disrupted.length);
  const generation = object.metadata.generation ?? 1;
  const observedGeneration: number | undefined = answers(members) ? generation : before.observedGeneration;
  const failing = heardOf(members).flatMap(({ cluster, report }) => {
    const said = conditionsOf(report?.status?.["conditions"]).find(({ reason }) => reason === "SyncFailed");
    return said === undefined ? [] : [`${cluster}: ${said.message ?? ""}`];
  });
  const said: Omit<Said, "type"> =
    failing.length > 0
      ? { status: "False", reason: "SyncFailed", message: joined(failing) }
      : allowed > 0
        ? { status: "True", reason: "SufficientPods", message: "" }
        : { status: "False", reason: "InsufficientPods", message: "" };
  const told = setCondition(conditionsOf(before.conditions), "DisruptionAllowed", said, rfc3339(nowMs), false).map(
    (one) => (one.type === "DisruptionAllowed" ? { ...one, observedGeneration: observedGeneration ?? 0 } : one),
  );
  const status: Loose = {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(disrupted.length === 0
      ? {}
      : { disruptedPods: Object.fromEntries(disrupted.map(({ pod, time }) => [pod, time])) }),
    disruptionsAllowed: allowed,
    currentHealthy: sum(heardOf(members), "currentHealthy"),
    desiredHealthy: sum(members, "desiredHealthy"),
    expectedPods: sum(members, "expectedPods"),
    conditions: told,
  };
  const againMs = Math.min(...disrupted.map(({ leftMs }) => leftMs));
  return { status, ...(Number.isFinite(againMs) ? { againMs } : {}) };
}

/** Types of conditions that hold as soon as they hold anywhere; all others only where they hold everywhere. */
const ANYWHERE = new Set(["ScalingLimited"]);

/** Of a HorizontalPodAutoscaler. */
export function scalerStatus(input: FinderInput): JsonObject {
  const { object, nowMs } = input;
  const members = byName(input.members);
  const before: Loose = object["status"] ?? {};
  const told = members.filter(({ report }) => report?.status !== undefined);
  const generation = object.metadata.generation;
  const observedGeneration = generation !== undefined && answers(members) ? generation : before.observedGeneration;
  const scaled = told
    .map(({ report }) => report?.status?.["lastScaleTime"])
    .filter((time) => typeof time === "string")
    .sort();
  let conditions = conditionsOf(before.conditions);
  const types = new Set(
    told.flatMap(({ report }) => conditionsOf(report?.status?.["conditions"]).map(({ type }) => type)),
  );
  for (const type of types) conditions = setCondition(conditions, type, merged(type, members), rfc3339(nowMs), false);
  const currentMetrics = metricsOf(told);
  const { lastScaleTime: _time, observedGeneration: _generation, ...rest } = before;
  return {
    ...rest,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(scaled.length === 0 ? {} : { lastScaleTime: scaled.at(-1) }),
    currentReplicas: sum(told, "currentReplicas"),
    desiredReplicas: sum(told, "desiredReplicas"),
    currentMetrics,
    ...(conditions.length === 0 ? {} : { conditions }),
  } as JsonObject;
}

/** In the words of the clusters that decide it. */
function merged(type: string, members: readonly Member[]): Omit<Said, "type"> {
  const deciding = ANYWHERE.has(type) ? "True" : "False";
  const said = members.flatMap(({ cluster, report, reachable, binding }): (Said & { cluster: string })[] => {
    if (binding.tombstone !== undefined) return [];
    if (!reachable && deciding === "False")
      return [{ cluster, type, status: "False", reason: "ClusterNotReady", message: "no sign of life" }];
    const one = reachable ? conditionsOf(report?.status?.["conditions"]).find((each) => each.type === type) : undefined;
    return one === undefined ? [] : [{ ...wordsOf(one), cluster }];
  });
  const decided = said.filter(({ status }) => status === deciding);
  const [first] = decided.length > 0 ? decided : said;
  if (first === undefined) return { status: "Unknown", reason: "NotTold", message: "No cluster tells." };
  if (decided.length === 0) return { status: first.status, reason: first.reason, message: first.message };
  return {
    status: first.status,
    reason: first.reason,
    message: joined(decided.map(({ cluster, message }) => `${cluster}: ${message}`)),
  };
}

const wordsOf = ({ type, status, reason, message }: Condition): Said => ({
  type,
  status,
  reason: reason ?? "",
  message: message ?? "",
});

/** One cluster's as they are; of several the utilization of resources, weighted by the pods it is of. Other measures do not add up. */
function metricsOf(told: readonly Member[]): JsonObject[] | null {
  const lists = told.flatMap(({ report }) => {
    const list: unknown = report?.status?.["currentMetrics"];
    return Array.isArray(list) ? [{ list: list as Loose[], pods: number(report?.status, "currentReplicas") }] : [];
  });
  if (told.length === 1) return (lists[0]?.list ?? null) as JsonObject[] | null;
  const found = new Map<string, { metric: Loose; weighted: number; pods: number }>();
  for (const { list, pods } of lists) {
    for (const metric of list) {
      const utilization: unknown = metric?.resource?.current?.averageUtilization;
      if (metric?.type !== "Resource" || typeof utilization !== "number") continue;
      const name = String(metric.resource.name);
      const all = found.get(name) ?? { metric, weighted: 0, pods: 0 };
      found.set(name, { metric: all.metric, weighted: all.weighted + utilization * pods, pods: all.pods + pods });
    }
  }
  if (found.size === 0) return null;
  return [...found].map(([name, { weighted, pods }]) => ({
    type: "Resource",
    resource: { name, current: { averageUtilization: pods === 0 ? 0 : Math.round(weighted / pods) } },
  }));
}
