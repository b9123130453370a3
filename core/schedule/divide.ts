// Divides replicas among clusters: Webster / Sainte-Laguë (each next replica goes where weight / (2 × share + 1) is highest),
// between floors and ceilings. Promises: shares + unplaced = replicas; scaling up only adds to the shares there are, scaling down
// only takes from them; more replicas never mean a smaller share anywhere (monotone for the same clusters, weights and limits);
// dividing again without a change changes nothing. Refuses nothing: what fits nowhere is `unplaced`.

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
}

export interface DivideInput {
  replicas: number;
  clusters: readonly DivideCluster[];
  /** Shares as they are; absent or empty at the first placement. Entries of clusters not listed are ignored. */
  current?: Readonly<Record<string, number>>;
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
}

export function divide({ replicas, clusters, current = {} }: DivideInput): Division {
  const standing = clusters.reduce((sum, cluster) => sum + (current[cluster.name] ?? 0), 0);
  const shrinking = replicas < standing;
  const seats = clusters.map((cluster): Seat => {
    const now = current[cluster.name] ?? 0;
    const floor = Math.max(cluster.floor ?? 0, shrinking ? 0 : now);
    const most = Math.min(cluster.capacity ?? Number.POSITIVE_INFINITY, cluster.ceiling ?? Number.POSITIVE_INFINITY);
    // What stands may exceed what fits today (requests grew, nodes went): it is kept, never added to.
    const limit = shrinking ? now : Math.max(most, floor);
    return {
      name: cluster.name,
      weight: Math.max(cluster.weight, shrinking && now > 0 ? Number.MIN_VALUE : 0),
      share: Math.min(floor, limit),
      limit,
    };
  });
  trimFloors(seats, replicas);
  const left = fill(seats, replicas - total(seats));
  return { shares: Object.fromEntries(seats.map((seat) => [seat.name, seat.share])), unplaced: left };
}

/** Floors that add up to more than there is are cut where the most stands. */
function trimFloors(seats: Seat[], replicas: number): void {
  let over = total(seats) - replicas;
  while (over > 0) {
    const most = seats.reduce((a, b) => (b.share > a.share || (b.share === a.share && b.name > a.name) ? b : a));
    const next = seats.reduce((max, seat) => (seat === most ? max : Math.max(max, seat.share)), 0);
    const cut = Math.min(over, Math.max(1, most.share - next));
    most.share -= cut;
    over -= cut;
  }
}

/** Hands out up to `count`, one at a time after a jump; answers how many found no room. */
function fill(seats: Seat[], count: number): number {
  let left = count - jump(seats, count);
  while (left > 0) {
    let best: Seat | undefined;
    for (const seat of seats) {
      if (seat.weight > 0 && seat.share < seat.limit && (best === undefined || precedes(seat, best))) best = seat;
    }
    if (best === undefined) break;
    best.share += 1;
    left -= 1;
  }
  return left;
}

/** Ties: fewer replicas first, then the name. */
function precedes(a: Seat, b: Seat): boolean {
  const left = a.weight * (2 * b.share + 1);
  const right = b.weight * (2 * a.share + 1);
  if (left !== right) return left > right;
  if (a.share !== b.share) return a.share < b.share;
  return a.name < b.name;
}

/**
 * Large counts in a few dozen steps: finds a divisor by bisection and gives each seat what it gets there less one, which
 * handing out one at a time would surely reach. Answers how many were given.
 */
function jump(seats: Seat[], count: number): number {
  const open = seats.filter((seat) => seat.weight > 0 && seat.share < seat.limit);
  if (count <= 64 * open.length || open.length === 0) return 0;
  const gains = (scale: number): number[] =>
    open.map((seat) => Math.max(0, Math.min(seat.limit, Math.ceil((seat.weight * scale - 1) / 2)) - seat.share));
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  let low = 0;
  let high = 1;
  while (sum(gains(high)) <= count && high < 1e300) {
    if (open.every((seat, index) => seat.share + (gains(high)[index] ?? 0) === seat.limit)) break;
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200 && high - low > 1e-9 * high; step += 1) {
    const middle = (low + high) / 2;
    if (sum(gains(middle)) <= count) low = middle;
    else high = middle;
  }
  let given = 0;
  gains(low).forEach((gain, index) => {
    const seat = open[index];
    if (seat === undefined || gain <= 1) return;
    seat.share += gain - 1;
    given += gain - 1;
  });
  return given;
}

function total(seats: readonly Seat[]): number {
  return seats.reduce((sum, seat) => sum + seat.share, 0);
}
