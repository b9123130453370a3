// Clusters and templates for the tests of scheduling, in few words.
import type { KubeObject, Loose } from "../../../kinds/object.ts";
import type { ScheduleCluster } from "../cluster.ts";
import { schedule, type ScheduleInput } from "../schedule.ts";

export const REGION = "topology.kubernetes.io/region";
export const NOW = Date.parse("2026-01-01T01:00:00Z");

export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

export interface Traits {
  pods?: number | undefined;
  region?: string | undefined;
  labels?: Record<string, string>;
  taints?: Loose[];
  cordoned?: boolean;
  /** Seconds since it fell silent. */
  silent?: number | undefined;
  status?: Loose;
}

export function cluster(name: string, traits: Traits = {}): ScheduleCluster {
  const { pods = 10, region, labels, taints, cordoned = false, silent, status } = traits;
  const ready =
    silent === undefined
      ? { status: "True" as const }
      : { status: "Unknown" as const, lastTransitionTime: ago(silent) };
  return {
    name,
    labels: { ...labels, ...(region === undefined ? {} : { [REGION]: region }) },
    spec: { unschedulable: cordoned, ...(taints === undefined ? {} : { taints }) },
    status: {
      conditions: [{ type: "Ready", reason: "", message: "", ...ready }],
      free: { pods: String(pods) },
      ...status,
    },
  };
}

export function deployment(replicas: number, podSpec: Loose = {}, metadata: Loose = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", uid: "u", ...metadata },
    spec: {
      replicas,
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c" }], ...podSpec } },
    },
  };
}

export const DIVIDED: ScheduleInput["rule"] = { rule: "workload", divided: ["spec.replicas"] };

/** With what stands running, so that its room is its own. */
export function plan(template: KubeObject, clusters: readonly ScheduleCluster[], more: Partial<ScheduleInput> = {}) {
  const { current = {} } = more;
  return schedule({ template, clusters, rule: DIVIDED, current, running: current, nowMs: NOW, ...more });
}

/** "a2 b1": what has some. */
export const shown = (shares: Readonly<Record<string, number>>): string =>
  Object.entries(shares)
    .filter(([, share]) => share > 0)
    .map(([name, share]) => name + share)
    .join(" ");

/** "a: NotReady; b: Tainted, taint x:NoSchedule". */
export const whyNots = (verdicts: readonly { cluster: string; whyNot?: string; detail?: string }[]): string =>
  verdicts
    .filter(({ whyNot }) => whyNot !== undefined)
    .map(({ cluster: name, whyNot, detail }) => `${name}: ${whyNot}${detail === undefined ? "" : `, ${detail}`}`)
    .join("; ");
