// Where a workload goes that is placed whole: one cluster in which all of its pods fit at once, of those that nothing refuses; of these the one
// with the greatest claim (weigh.ts), then the most room, then the first by name. Where it stands it stays, whatever becomes of the cluster,
// unless that expels it (expulsion.ts); a rebalance moves it out of what a policy refuses, or into a better group or preference, and never for
// more room alone. What runs once is placed once, data is not left behind.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { findCandidates, holdOf, verdictOf, type Candidate, type World } from "./candidates.ts";
import { podRequests, shortfall, type Requests } from "./capacity.ts";
import type { Decision, Verdict } from "./decision.ts";
import { isPod, podsAtOnce, podTemplateOf } from "./podtemplate.ts";
import type { Plan } from "./plan.ts";
import { spreadGuard, type SpreadGuard } from "./spread.ts";
import { weigh, type Claim } from "./weigh.ts";
import { own } from "./own.ts";

export interface WholeInput extends World {
  once: boolean;
  /** Its pods have identities: it does not leave a silent cluster by itself. */
  ordinals?: boolean | undefined;
  /** The only clusters that hold the data it names; undefined: it names none, or that is nowhere yet. */
  data?: ReadonlySet<string> | undefined;
  /** Claims that it names and that are not there: placed without them, two workloads of one claim could come into different clusters. */
  missing?: readonly string[];
  before?: Pick<Decision, "verdicts" | "lost"> | undefined;
}

export function scheduleWhole(input: WholeInput): Plan {
  const { template, once, ordinals = false, data, missing = [], before, placement } = input;
  // Data and what ran are not left for a better place.
  const world = { ...input, rebalance: input.rebalance === true && !once && data === undefined };
  const pods = podsAtOnce(template);
  const asked = isPod(template) ? ((template as Loose).spec.nodeName as string | undefined) : undefined;
  const candidates = findCandidates(input, { rule: { once, ordinals }, data, uncounted: true });
  const { all, constraints, dueMs } = candidates;
  const claims = weigh(candidates, placement);
  const requests = podRequests(podTemplateOf(template).spec);
  const guard = spreadGuard(constraints, all);
  for (const candidate of all) refuse(candidate, { pods, asked, requests, guard });
  const stood = standingIn(input.current);
  const there = all.find(({ cluster }) => cluster.name === stood);
  const stays = stood !== undefined && (there === undefined || holdOf(there, world) === "stays");
  const lost = stood === undefined && once ? lostIn(before) : undefined;
  const gated = isGated(template);
  const waits = (gated || missing.length > 0) && !asked;
  const found = lost !== undefined || waits ? undefined : best(all, claims, asked);
  const moves = !stays || (world.rebalance && isBetter(found, there));
  const place = moves ? found?.cluster.name : stood;
  const verdicts = all.map((candidate): Verdict => {
    const scores = claims.get(candidate)?.scores;
    const share = candidate.cluster.name === place ? 1 : 0;
    return { ...verdictOf(candidate, share), ...(scores === undefined ? {} : { scores }) };
  });
  return {
    division: "whole",
    replicas: 1,
    pods,
    shares: place === undefined ? {} : { [place]: 1 },
    unplaced: place === undefined && lost === undefined ? 1 : 0,
    verdicts,
    ...(dueMs === undefined ? {} : { dueMs }),
    ...(lost === undefined ? {} : { lost }),
    ...(gated && place === undefined ? { gated } : {}),
    ...(missing.length > 0 && waits && place === undefined && lost === undefined ? { missing: [...missing] } : {}),
  };
}

/** Where the most of it is, if it was divided before. */
function standingIn(current: WholeInput["current"]): string | undefined {
  const share = (name: string): number => own(current, name) ?? 0;
  const names = Object.keys(current).filter((name) => share(name) > 0);
  return names.sort((a, b) => share(b) - share(a) || (a < b ? -1 : 1))[0];
}

/** The cluster that took it along, or lost it: it is not made a second time elsewhere. */
function lostIn(before: WholeInput["before"]): string | undefined {
  return before?.lost ?? before?.verdicts.find(({ share }) => share > 0)?.cluster;
}

/** Pods wait for whoever put the gates there. */
function isGated(template: KubeObject): boolean {
  return isPod(template) && ((template as Loose).spec.schedulingGates?.length ?? 0) > 0;
}

interface Wish {
  pods: number;
  asked: string | undefined;
  requests: Requests;
  guard: SpreadGuard | undefined;
}

/** What the filters let pass must also take all of its pods. */
function refuse(candidate: Candidate, { pods, asked, requests, guard }: Wish): void {
  if (asked) {
    // Whoever names a node asks nobody: not the scheduler, not whether it is ready.
    delete candidate.whyNot;
    delete candidate.detail;
    if (candidate.cluster.name !== asked) candidate.whyNot = "NotAsked";
    return;
  }
  if (candidate.whyNot === undefined) Object.assign(candidate, roomAgainst(candidate, { pods, requests, guard }));
}

function roomAgainst(
  { cluster, capacity, selection: { max } }: Candidate,
  { pods, requests, guard }: Omit<Wish, "asked">,
): Pick<Verdict, "whyNot" | "detail"> | undefined {
  if (capacity === undefined) return { whyNot: "CapacityUnknown" };
  if (capacity < pods) {
    const lack = shortfall(cluster.status, requests);
    return { whyNot: "NoCapacity", ...(lack === undefined ? {} : { detail: lack }) };
  }
  if (max !== undefined && max < pods) return { whyNot: "AtMaximum", detail: `its maximum is ${max}` };
  if (guard === undefined || pods === 0) return undefined;
  // Whether its last pod may still come when all others are there.
  guard.add(cluster.name, pods - 1);
  const broken = guard.breaks(cluster.name);
  guard.add(cluster.name, 1 - pods);
  return broken === undefined ? undefined : { whyNot: "Spread", detail: broken };
}

function best(
  all: readonly Candidate[],
  claims: ReadonlyMap<Candidate, Claim>,
  asked: string | undefined,
): Candidate | undefined {
  let most: Candidate | undefined;
  for (const candidate of all) {
    if (candidate.whyNot !== undefined) continue;
    if (most === undefined || (!asked && isAhead(candidate, most, claims))) most = candidate;
  }
  return most;
}

function isAhead(a: Candidate, b: Candidate, claims: ReadonlyMap<Candidate, Claim>): boolean {
  const [left, right] = [claims.get(a), claims.get(b)];
  if (left === undefined || right === undefined) return false;
  if (left.tier !== right.tier) return left.tier < right.tier;
  if (left.weight !== right.weight) return left.weight > right.weight;
  return (a.capacity ?? 0) > (b.capacity ?? 0);
}

/** An earlier group, or one that is preferred more or avoided less. Out of a cluster that is silent or closed just now nothing is called. */
function isBetter(other: Candidate | undefined, stands: Candidate | undefined): boolean {
  if (other === undefined || stands === undefined || (stands.whyNot !== undefined && stands.whyNot !== "NoCapacity"))
    return false;
  const group = stands.selection.group - other.selection.group;
  return group > 0 || (group === 0 && (other.preferred - stands.preferred || stands.avoided - other.avoided) > 0);
}
