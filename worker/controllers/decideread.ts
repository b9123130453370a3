// What a decision is made of: the template with its bindings, what it needs and what selects it beside it, what its clusters reported, and its
// revision's content. Reads only.
import { BINDINGS, type Binding, type Report } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import { parseApiVersion, type KubeObject } from "../../kinds/object.ts";
import { podsSeen } from "../../core/aggregate/member.ts";
import { countedNow, type Counted } from "../../core/schedule/counted.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import { needsOf, podLabels, type Labels } from "../../core/schedule/followers.ts";
import { claimsOf } from "./claims.ts";
import type { Context } from "./context.ts";
import { contentOf, findersOf, readFollowers, type Content } from "./followers.ts";
import { readRows } from "./recent.ts";
import { ownRef } from "./refs.ts";
import { keyOf, readBinding, readObject, readReport, refOf, reportKey, type InCluster, type Stored } from "./rows.ts";

export type WorkloadRule = Extract<Kind["federation"], { rule: "workload" }>;

export interface Deciding {
  kind: Kind;
  rule: WorkloadRule;
  template: Stored<KubeObject>;
  /** Of this template, in clusters that there are. */
  bindings: InCluster<Binding>[];
  /** Of this name; those of another uid are of an earlier template. */
  decisions: Stored<Decision>[];
}

export interface Facts {
  /** The last decision about this template. */
  before: Stored<Decision> | undefined;
  labels: Labels;
  /** Followers that it names. */
  needs: string[];
  /** Those, and what finds its pods (Services, NetworkPolicies); not what is divided like its shares, which comes after it. */
  beside: string[];
  followers: ReadonlyMap<string, Stored<KubeObject>>;
  /** By cluster. */
  reports: ReadonlyMap<string, Report>;
  content: Content;
  /** What holds data of what it needs, and is not there. */
  missing: string[];
  counted: Counted;
  /** What made it at the root: the CronJob of a Job. */
  maker: KubeObject | undefined;
}

export async function readFacts(
  { kind, rule, template, bindings, decisions }: Deciding,
  context: Context,
): Promise<Facts> {
  const object = template.value;
  const { uid = "" } = object.metadata;
  const before = decisions.find((decision) => decision.value.template.uid === uid);
  const labels = podLabels(object);
  const named = needsOf(object);
  const claims = (await claimsOf(object, context)).filter((name) => !named.includes(name));
  const selecting = findersOf({ template: refOf(object, kindKey(kind)), labels }, context.world, false);
  const beside = [...named, ...claims, ...selecting.filter((name) => !named.includes(name))];
  const [maker, followers, reportRows, content] = await Promise.all([
    makerOf(object, context),
    readFollowers(beside, context),
    readRows(
      bindings.map(({ cluster }) => reportKey(cluster, uid)),
      context,
    ),
    contentOf(object, kind, context),
  ]);
  // One that went since it was listed is not waited for.
  const needs = [...named, ...claims.filter((name) => followers.has(name))];
  const reports = new Map(reportRows.map((report) => [report.namespace, readReport(report).value]));
  return {
    before,
    counted: countedNow({
      rule,
      template: object,
      before: before?.value,
      followed: context.world.finders.scales({ template: refOf(object, kindKey(kind)), labels }),
      reported: [...reports.values()].some(({ scaled }) => scaled !== undefined),
    }),
    maker,
    labels,
    needs,
    beside,
    followers,
    reports,
    content,
    missing: dataNames(needs, context)
      .filter((need) => !followers.has(need))
      .map((need) => keyOf(need).name),
  };
}

/** Its controller, where that is a kind that stays at the root and has it placed. */
async function makerOf({ metadata }: KubeObject, context: Context): Promise<KubeObject | undefined> {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { group } = parseApiVersion(owner.apiVersion);
  const kind = context.kinds.find((one) => one.kind === owner.kind && one.group === group);
  if (kind === undefined || !kind.namespaced || kind.federation.rule !== "root") return undefined;
  const key = { resource: kindKey(kind), namespace: metadata.namespace ?? "", name: owner.name };
  const [row] = await readRows([key], context);
  const maker = row === undefined ? undefined : readObject(row).value;
  return maker?.metadata.uid === owner.uid ? maker : undefined;
}

/** Pods of this template by cluster that its free room does not count, or that are assumed to be on their way. */
export function runningIn(
  bindings: readonly InCluster<Binding>[],
  reports: Facts["reports"],
  uid: string,
  { world }: Context,
): Record<string, number> {
  return Object.fromEntries(
    bindings.map(({ cluster }) => [cluster, runningPods(reports.get(cluster)) + world.assumed.awaited(cluster, uid)]),
  );
}

function runningPods(report: Report | undefined): number {
  const seen = podsSeen(report?.status) ?? 0;
  return Number.isFinite(seen) ? seen : 0;
}

/** Of what a workload needs beside it, what holds data. */
function dataNames(needs: readonly string[], { kindOf }: Context): string[] {
  return needs.filter((need) => {
    const rule = kindOf.get(keyOf(need).resource)?.federation;
    return rule?.rule === "follower" && rule.keeps === true;
  });
}

/** Clusters that hold the data a workload names; undefined: there is none yet, so it may come anywhere. */
export async function dataClusters(needs: readonly string[], context: Context): Promise<Set<string> | undefined> {
  const { store, world } = context;
  const keeping = dataNames(needs, context);
  let found: Set<string> | undefined;
  for (const rows of await Promise.all(keeping.map((need) => store.listByRef(BINDINGS, ownRef(need))))) {
    const here = rows
      .map(readBinding)
      .filter(({ cluster, value }) => value.tombstone === undefined && world.clusters.has(cluster));
    if (here.length === 0) continue;
    const clusters = new Set(here.map(({ cluster }) => cluster));
    found = found === undefined ? clusters : new Set([...found].filter((name) => clusters.has(name)));
  }
  return found;
}

/** What a decision missed came while it was made. */
export async function isFound(template: KubeObject, missing: readonly string[], context: Context): Promise<boolean> {
  const names = dataNames(needsOf(template), context).map(keyOf);
  return (await context.store.getMany(names.filter(({ name }) => missing.includes(name)))).length > 0;
}
