// Arithmetic on Kubernetes quantities for scheduling: sums, comparisons and how often one amount fits into another.
// Amounts are exact (bigint nano-units); an unreadable text counts as zero, since validation has refused it earlier.
import { formatQuantity, parseQuantity, type Quantity } from "../../kinds/rules/quantity.ts";

export { canonicalQuantity, formatQuantity, parseQuantity, type Quantity } from "../../kinds/rules/quantity.ts";

const ZERO: Quantity = { nano: 0n, format: "DecimalSI" };

export function quantityOf(text: string | number | undefined): Quantity {
  return text === undefined ? ZERO : (parseQuantity(text) ?? ZERO);
}

/** Keeps the first one's format unless that one is zero, as upstream's Quantity.Add. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

export function subtractQuantity(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format };
}

export function compareQuantity(a: Quantity, b: Quantity): -1 | 0 | 1 {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** How many whole `amount`s fit into `room`; Infinity for an amount of zero. Never negative. */
export function fits(room: Quantity, amount: Quantity): number {
  if (amount.nano <= 0n) return Number.POSITIVE_INFINITY;
  return room.nano <= 0n ? 0 : Number(room.nano / amount.nano);
}

/** Whole milli-units, rounded up: 500 for "500m" or "0.5". */
export function milliValue(text: string | number | undefined): number {
  const { nano } = quantityOf(text);
  return Number(nano >= 0n ? (nano + 999_999n) / 1_000_000n : nano / 1_000_000n);
}

export type ResourceList = Record<string, string>;

/** Adds up resource lists key by key. */
export function sumResources(lists: readonly (Readonly<ResourceList> | undefined)[]): ResourceList {
  const sums = new Map<string, Quantity>();
  for (const list of lists) {
    for (const [name, text] of Object.entries(list ?? {})) {
      sums.set(name, addQuantity(sums.get(name) ?? ZERO, quantityOf(text)));
    }
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, formatQuantity(sum)]));
}
