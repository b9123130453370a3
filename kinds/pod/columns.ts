// READY, STATUS and RESTARTS of a pod, as kk:pkg/printers/internalversion/printers.go printPod works them out: init containers
// first, then the containers from the last to the first, then deletion.
import type { KubeObject, Loose } from "../object.ts";
import { age } from "../rules/duration.ts";

interface Summary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  /** RFC 3339 of the newest termination; "" for none. */
  lastRestart: string;
}

export function podReady(pod: KubeObject): string {
  const { ready, total } = summarize(pod);
  return `${ready}/${total}`;
}

export function podStatus(pod: KubeObject): string {
  return summarize(pod).reason;
}

export function podRestarts(pod: KubeObject, now: number): string {
  const { restarts, lastRestart } = summarize(pod);
  return restarts !== 0 && lastRestart !== "" ? `${restarts} (${age(lastRestart, now)} ago)` : String(restarts);
}

const isSidecar = (container: Loose): boolean => container?.restartPolicy === "Always";
const later = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a);

function summarize(pod: KubeObject): Summary {
  const status: Loose = pod.status ?? {};
  const conditions: Loose[] = status.conditions ?? [];
  const gated = conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated");
  const inits: Loose[] = pod.spec?.initContainers ?? [];
  const summary: Summary = {
    reason: gated ? "SchedulingGated" : status.reason || status.phase || "",
    ready: 0,
    total: (pod.spec?.containers ?? []).length + inits.filter(isSidecar).length,
    restarts: 0,
    lastRestart: "",
  };
  const sidecars = { restarts: 0, lastRestart: "" };
  const initializing = summarizeInits(status.initContainerStatuses ?? [], inits, summary, sidecars);
  if (!initializing || conditions.some(({ type, status: value }) => type === "Initialized" && value === "True")) {
    Object.assign(summary, sidecars);
    summarizeContainers(status.containerStatuses ?? [], conditions, summary);
  }
  if (pod.metadata.deletionTimestamp) {
    if (status.reason === "NodeLost") summary.reason = "Unknown";
    else if (status.phase !== "Succeeded" && status.phase !== "Failed") summary.reason = "Terminating";
  }
  return summary;
}

/** True while an init container is not done; then `reason` says which. */
function summarizeInits(
  statuses: Loose[],
  inits: Loose[],
  summary: Summary,
  sidecars: { restarts: number; lastRestart: string },
): boolean {
  for (const [index, container] of statuses.entries()) {
    const sidecar = isSidecar(inits.find(({ name }) => name === container.name));
    const last: string | undefined = container.lastState?.terminated?.finishedAt;
    summary.restarts += container.restartCount ?? 0;
    summary.lastRestart = later(summary.lastRestart, last);
    if (sidecar) {
      sidecars.restarts += container.restartCount ?? 0;
      sidecars.lastRestart = later(sidecars.lastRestart, last);
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) summary.ready++;
      continue;
    }
    if (terminated) summary.reason = `Init:${ended(terminated)}`;
    else if (waiting?.reason && waiting.reason !== "PodInitializing") summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${inits.length}`;
    return true;
  }
  return false;
}

function ended({ reason, signal, exitCode }: Loose): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function summarizeContainers(statuses: Loose[], conditions: Loose[], summary: Summary): void {
  let running = false;
  let failed = "";
  for (const container of statuses.toReversed()) {
    summary.restarts += container.restartCount ?? 0;
    summary.lastRestart = later(summary.lastRestart, container.lastState?.terminated?.finishedAt);
    const { waiting, terminated, running: runs } = container.state ?? {};
    if (waiting?.reason) {
      summary.reason = waiting.reason;
    } else if (terminated) {
      summary.reason = ended(terminated);
      if (terminated.exitCode !== 0) failed = summary.reason;
    } else if (container.ready && runs) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason !== "Completed") return;
  const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  if (running && ready) summary.reason = "Running";
  else if (failed !== "") summary.reason = failed;
  else if (running) summary.reason = "NotReady";
}
