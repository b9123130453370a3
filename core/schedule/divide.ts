// Divides replicas among clusters: Webster / Sainte-Laguë (each next replica goes where weight / (2 × share + 1) is highest),
// between floors and ceilings, the clusters of one tier before those of the next. Promises: shares + unplaced = replicas; scaling up only
// adds to the shares there are, scaling down only takes from them, from the last tier first; more replicas never mean a smaller share anywhere
// (monotone for the same clusters, weights and limits, without a guard); dividing again without a change changes nothing. Refuses nothing:
// what fits nowhere is `unplaced`.
import type { SpreadGuard } from "./spread.ts";
import { own } from "./own.ts";

export interface DivideCluster {
  name: string;
  /** Relative claim; 0 or less gets nothing beyond its floor. */
  weight: number;
  /** How many replicas fit in all, those already here included. Absent: no limit. */
  capacity?: number;
  /** Given out first, even above capacity. Default 0. */
  floor?: number;
  /** Never more than this, whatever the capacity. Absent: no limit. */
  ceiling?: number;
  /** Lower ones are filled as far as they go before higher ones get anything. Default 0. */
  tier?: number;
}

export interface DivideInput {
  replicas: number;
  clusters: readonly DivideCluster[];
  /** Shares as they are; absent or empty at the first placement. Entries of clusters not listed are ignored. */
  current?: Readonly<Record<string, number>>;
  /** As if nothing stood: of what stands only ties are decided. */
  anew?: boolean | undefined;
  /** Asked before each replica that is added beyond what stands; while scaling down, what it forbids goes first. */
  guard?: SpreadGuard | undefined;
}

export interface Division {
  /** One entry per cluster, also zeros. */
  shares: Record<string, number>;
  unplaced: number;
}

interface Seat {
  name: string;
  weight: number;
  share: number;
  limit: number;
  tier: number;
  stands: number;
}

/** With a guard replicas go out one at a time: no more than these, whoever asks for billions. */
const MOST_GUARDED = 100_000;

export function divide({ replicas, clusters, current = {}, anew = false, guard }: DivideInput): Division {
  const standing = clusters.reduce((sum, cluster) => sum + (own(current, cluster.name) ?? 0), 0);
  const shrinking = !anew && replicas < standing;
  const floors = new Map<Seat, number>();
  const seats = clusters.map((cluster): Seat => {
    const now = own(current, cluster.name) ?? 0;
    const base = shrinking || anew ? 0 : now;
    const most = Math.min(cluster.capacity ?? Number.POSITIVE_INFINITY, cluster.ceiling ?? Number.POSITIVE_INFINITY);
    const floor = Math.max(cluster.floor ?? 0, base);
    // What stands may exceed what fits today (requests grew, nodes went): it is kept, never added to.
    const limit = shrinking ? now : Math.max(most, floor);
    const { name, weight, tier = 0 } = cluster;
    // What claims nothing is the first to shrink: what is left is given to it last.
    const idle = shrinking && weight <= 0;
    const seat = { name, weight: idle ? 1 : weight, share: base, limit, tier: idle ? tier + 0.5 : tier, stands: now };
    floors.set(seat, Math.min(floor, limit));
    return seat;
  });
  for (const { name, share } of seats) guard?.add(name, share);
  const floored = seats.map((seat) => ({ ...seat, weight: 1, tier: 0, limit: floors.get(seat) ?? 0 }));
  let left = replicas - total(seats);
  left = fill(floored, left, guard);
  seats.forEach((seat, index) => (seat.share = floored[index]?.share ?? seat.share));
  left = fill(seats, left, guard);
  // What stands is not given up for a rule about what comes.
  if (shrinking && guard !== undefined) left = fill(seats, left, undefined);
  return { shares: Object.fromEntries(seats.map((seat) => [seat.name, seat.share])), unplaced: left };
}

/** Hands out up to `count`; answers how many found no room. */
function fill(seats: readonly Seat[], count: number, guard: SpreadGuard | undefined): number {
  const open = seats.filter((seat) => seat.weight > 0 && seat.share < seat.limit);
  if (guard !== undefined) return fillGuarded(open, count, total(seats), guard);
  let left = count;
  for (const tier of [...new Set(open.map((seat) => seat.tier))].sort((a, b) => a - b)) {
    if (left <= 0) break;
    left = fillTier(
      open.filter((seat) => seat.tier === tier),
      left,
    );
  }
  return left;
}

/** One at a time after a jump. */
function fillTier(seats: Seat[], count: number): number {
  const room = seats.reduce((sum, seat) => sum + seat.limit - seat.share, 0);
  if (room <= count) {
    for (const seat of seats) seat.share = seat.limit;
    return count - room;
  }
  let left = count - jump(seats, count);
  for (; left > 0; left -= 1) {
    const best = first(seats);
    if (best === undefined) break;
    best.share += 1;
  }
  return left;
}

/** What the guard forbids now it may allow after the next: all tiers are asked each time. */
function fillGuarded(seats: readonly Seat[], count: number, given: number, guard: SpreadGuard): number {
  const most = Math.max(0, Math.min(count, MOST_GUARDED - given));
  for (let handed = 0; handed < most; handed += 1) {
    const best = first(seats, guard);
    if (best === undefined) return count - handed;
    best.share += 1;
    guard.add(best.name, 1);
  }
  return count - most;
}

function first(seats: readonly Seat[], guard?: SpreadGuard): Seat | undefined {
  let best: Seat | undefined;
  for (const seat of seats) {
    if (seat.share >= seat.limit || (best !== undefined && !precedes(seat, best))) continue;
    if (guard === undefined || guard.allows(seat.name)) best = seat;
  }
  return best;
}

/** Ties: where it stood, then fewer replicas, then the name. */
function precedes(a: Seat, b: Seat): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier;
  const left = a.weight * (2 * b.share + 1);
  const right = b.weight * (2 * a.share + 1);
  if (left !== right) return left > right;
  if (a.share < a.stands !== b.share < b.stands) return a.share < a.stands;
  if (a.share !== b.share) return a.share < b.share;
  return a.name < b.name;
}

/**
 * Large counts in a few dozen steps: finds a divisor by bisection and gives each seat what it gets there less one, which
 * handing out one at a time would surely reach. Answers how many were given. There is room for more than `count`.
 */
function jump(open: readonly Seat[], count: number): number {
  if (count <= 2 * open.length) return 0;
  const gain = ({ weight, limit, share }: Seat, scale: number): number =>
    Math.max(0, Math.min(limit, Math.ceil((weight * scale - 1) / 2)) - share);
  const sum = (scale: number): number => open.reduce((all, seat) => all + gain(seat, scale), 0);
  let low = 0;
  let high = 1;
  while (sum(high) <= count && high < 1e300) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200 && high - low > 1e-9 * high; step += 1) {
    const middle = (low + high) / 2;
    if (sum(middle) <= count) low = middle;
    else high = middle;
  }
  let given = 0;
  for (const seat of open) {
    const less = gain(seat, low) - 1;
    if (less <= 0) continue;
    seat.share += less;
    given += less;
  }
  return given;
}

function total(seats: readonly Seat[]): number {
  return seats.reduce((sum, seat) => sum + seat.share, 0);
}
