// A unified diff of two texts, three lines of context around each change, as kube-apiserver appends it to "is immutable" errors
// (apimachinery pkg/util/diff over go-difflib, itself Python's difflib): lines are matched by the longest common block, then on both sides of it.

/** `size` lines, alike in both. */
interface Block {
  a: number;
  b: number;
  size: number;
}

/** Lines a…endA of the one become lines b…endB of the other. */
interface Change {
  a: number;
  b: number;
  endA: number;
  endB: number;
}

const CONTEXT = 3;
/** From this many lines on, lines that come more often than one in a hundred start no match. */
const POPULAR_FROM = 200;

export function unifiedDiff(before: string, after: string): string {
  const a = before.split("\n");
  const b = after.split("\n");
  return hunks(changes(a, b))
    .map((hunk) => printHunk(hunk, a, b))
    .join("");
}

function changes(a: string[], b: string[]): Change[] {
  const found: Change[] = [];
  let i = 0;
  let j = 0;
  for (const block of [...matches(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < block.a || j < block.b) found.push({ a: i, b: j, endA: block.a, endB: block.b });
    i = block.a + block.size;
    j = block.b + block.size;
  }
  return found;
}

/** Equal blocks in order, those that touch made one. */
function matches(a: string[], b: string[]): Block[] {
  const places = placesOf(b);
  const found: Block[] = [];
  const walk = (lowA: number, highA: number, lowB: number, highB: number): void => {
    const block = longest(a, b, places, { lowA, highA, lowB, highB });
    if (block.size === 0) return;
    walk(lowA, block.a, lowB, block.b);
    const last = found.at(-1);
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b) last.size += block.size;
    else found.push(block);
    walk(block.a + block.size, highA, block.b + block.size, highB);
  };
  walk(0, a.length, 0, b.length);
  return found;
}

function placesOf(b: string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, line] of b.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [index]);
    else known.push(index);
  }
  if (b.length < POPULAR_FROM) return places;
  const most = Math.floor(b.length / 100) + 1;
  for (const [line, indices] of places) if (indices.length > most) places.delete(line);
  return places;
}

interface Range {
  lowA: number;
  highA: number;
  lowB: number;
  highB: number;
}

/** The longest common block; of several the first in a, then the first in b. Popular lines only extend it. */
function longest(a: string[], b: string[], places: Map<string, number[]>, range: Range): Block {
  const { lowA, highA, lowB, highB } = range;
  let best: Block = { a: lowA, b: lowB, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = lowA; i < highA; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i] ?? "") ?? []) {
      if (j < lowB) continue;
      if (j >= highB) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  while (best.a > lowA && best.b > lowB && a[best.a - 1] === b[best.b - 1])
    best = { a: best.a - 1, b: best.b - 1, size: best.size + 1 };
  while (best.a + best.size < highA && best.b + best.size < highB && a[best.a + best.size] === b[best.b + best.size])
    best = { ...best, size: best.size + 1 };
  return best;
}

/** Changes whose context would touch stand in one hunk. */
function hunks(found: Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of found) {
    const before = groups.at(-1)?.at(-1);
    if (before !== undefined && change.a - before.endA <= 2 * CONTEXT) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

function printHunk(group: Change[], a: string[], b: string[]): string {
  const first = group[0] as Change;
  const last = group.at(-1) as Change;
  const lead = Math.min(CONTEXT, first.a, first.b);
  const tail = Math.min(CONTEXT, a.length - last.endA, b.length - last.endB);
  const startA = first.a - lead;
  const startB = first.b - lead;
  const lines = [`@@ -${rangeOf(startA, last.endA + tail)} +${rangeOf(startB, last.endB + tail)} @@`];
  let i = startA;
  for (const change of group) {
    for (const line of a.slice(i, change.a)) lines.push(` ${line}`);
    for (const line of a.slice(change.a, change.endA)) lines.push(`-${line}`);
    for (const line of b.slice(change.b, change.endB)) lines.push(`+${line}`);
    i = change.endA;
  }
  for (const line of a.slice(i, last.endA + tail)) lines.push(` ${line}`);
  return lines.map((line) => `${line}\n`).join("");
}

function rangeOf(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}
