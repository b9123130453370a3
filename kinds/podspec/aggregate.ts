// What all containers of a pod need at once (component-helpers resource AggregateContainerRequests, AggregateContainerLimits): the sum of
// its containers and sidecars, or what one init container needs beside the sidecars before it, whichever is more.
import type { Loose } from "../object.ts";
import { parseQuantity, type Quantity } from "../rules/quantity.ts";

export type Amounts = Map<string, Quantity>;

/** Sorted by name: upstream's map has no order. */
export function aggregate(spec: Loose, part: "requests" | "limits"): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers ?? []) add(total, container.resources?.[part]);
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const needs: Amounts = new Map();
    add(needs, container.resources?.[part]);
    if (container.restartPolicy === "Always") {
      merge(total, needs, plus);
      merge(sidecars, needs, plus);
      merge(peak, sidecars, larger);
    } else {
      merge(needs, sidecars, plus);
      merge(peak, needs, larger);
    }
  }
  merge(total, peak, larger);
  return new Map([...total].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function add(into: Amounts, list: Record<string, string> | undefined): void {
  const amounts: Amounts = new Map();
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    if (quantity !== undefined) amounts.set(name, quantity);
  }
  merge(into, amounts, plus);
}

function merge(into: Amounts, from: Amounts, join: (a: Quantity, b: Quantity) => Quantity): void {
  for (const [name, quantity] of from) {
    const known = into.get(name);
    into.set(name, known === undefined ? quantity : join(known, quantity));
  }
}

/** The format of what was there first, unless that is nothing (resource.Quantity.Add). */
const plus = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano + b.nano,
  format: a.nano === 0n ? b.format : a.format,
});
const larger = (a: Quantity, b: Quantity): Quantity => (b.nano > a.nano ? b : a);
