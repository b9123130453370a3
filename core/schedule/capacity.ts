// How many pods of given requests fit into a cluster's free resources, as kube-scheduler counts a pod's requests. Works on sums over
// the cluster's nodes, and on the node with the most room where the cluster tells it: a pod larger than that fits nowhere there.
import type { ClusterStatus } from "../../kinds/cluster.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { podTemplateOf } from "./podtemplate.ts";
import { addQuantity, compareQuantity, fits, formatQuantity, quantityOf, type Quantity } from "../query/quantity.ts";

export type Requests = ReadonlyMap<string, Quantity>;

/** Upstream's rule (component-helpers resource.PodRequests): containers and sidecars add up, init containers count by their maximum. */
export function podRequests(podSpec: Loose): Requests {
  const sum = new Map<string, Quantity>();
  for (const container of podSpec?.containers ?? []) add(sum, requestsOf(container));
  const peak = new Map<string, Quantity>();
  const sidecars = new Map<string, Quantity>();
  for (const container of podSpec?.initContainers ?? []) {
    if (container?.restartPolicy === "Always") {
      add(sidecars, requestsOf(container));
      add(sum, requestsOf(container));
      raise(peak, sidecars);
    } else {
      const running = new Map(sidecars);
      add(running, requestsOf(container));
      raise(peak, running);
    }
  }
  raise(sum, peak);
  for (const [name, text] of Object.entries<string>(podSpec?.resources?.requests ?? {}))
    sum.set(name, quantityOf(text));
  add(sum, podSpec?.overhead ?? {});
  return sum;
}

/** The same as quantities' texts, for a binding: { cpu: "500m" }. */
export function podRequestTexts(template: KubeObject): Record<string, string> {
  return Object.fromEntries(
    [...podRequests(podTemplateOf(template).spec)].map(([name, amount]) => [name, formatQuantity(amount)]),
  );
}

/** A request that is absent takes its limit (kinds' defaults do the same when the object is written). */
function requestsOf(container: Loose): Record<string, string> {
  return { ...container?.resources?.limits, ...container?.resources?.requests };
}

function add(into: Map<string, Quantity>, amounts: Record<string, string> | ReadonlyMap<string, Quantity>): void {
  const entries = amounts instanceof Map ? [...amounts] : Object.entries(amounts);
  for (const [name, amount] of entries) {
    const quantity = typeof amount === "string" || typeof amount === "number" ? quantityOf(amount) : amount;
    const before = into.get(name);
    into.set(name, before === undefined ? quantity : addQuantity(before, quantity));
  }
}

function raise(into: Map<string, Quantity>, to: ReadonlyMap<string, Quantity>): void {
  for (const [name, quantity] of to) {
    const before = into.get(name);
    if (before === undefined || compareQuantity(quantity, before) > 0) into.set(name, quantity);
  }
}

const ONE = quantityOf(1);
const NONE = quantityOf(0);
/** Read once for all decisions until the cluster's status is another object. */
const read = new WeakMap<Readonly<Record<string, string>>, Map<string, Quantity>>();

function amountsOf(list: Readonly<Record<string, string>>): Map<string, Quantity> {
  let amounts = read.get(list);
  if (amounts === undefined)
    read.set(list, (amounts = new Map(Object.entries(list).map(([name, text]) => [name, quantityOf(text)]))));
  return amounts;
}

/**
 * Pods that still fit, `own` (this template's pods that already run there and are counted in `free`) added back. Undefined when
 * the cluster has not reported what is free.
 */
export function podCapacity(status: ClusterStatus | undefined, requests: Requests, own: number): number | undefined {
  const free = status?.free;
  if (free === undefined) return undefined;
  const amounts = amountsOf(free);
  const pods = amounts.get("pods");
  let room = pods === undefined ? Number.POSITIVE_INFINITY : fits(pods, ONE);
  for (const [name, amount] of requests) {
    if (amount.nano > 0n) room = Math.min(room, fits(amounts.get(name) ?? NONE, amount));
  }
  if (room > 0 && lacking(status?.largestNode, requests) !== undefined) room = 0;
  // Without a pod limit and without requests nothing bounds it but sense.
  return Math.min(room, 1_000_000) + own;
}

/** Why not one more fits, for people: "cpu: asks 2, has 500m free"; undefined: one does. */
export function shortfall(status: ClusterStatus | undefined, requests: Requests): string | undefined {
  const asked: Requests = new Map([["pods", ONE], ...requests]);
  const inAll = status?.free === undefined ? undefined : lacking(status.free, asked);
  if (inAll !== undefined) return `${inAll} free`;
  const inOne = lacking(status?.largestNode, requests);
  return inOne === undefined ? undefined : `${inOne} free on its largest node`;
}

/** "cpu: asks 2, has 500m": the first amount that is not there. A pod limit that nobody told is none. */
function lacking(list: Readonly<Record<string, string>> | undefined, requests: Requests): string | undefined {
  if (list === undefined) return undefined;
  const amounts = amountsOf(list);
  for (const [name, amount] of requests) {
    const has = amounts.get(name) ?? (name === "pods" ? undefined : NONE);
    if (amount.nano > 0n && has !== undefined && compareQuantity(has, amount) < 0)
      return `${name}: asks ${formatQuantity(amount)}, has ${formatQuantity(has)}`;
  }
  return undefined;
}
