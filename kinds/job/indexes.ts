// Index lists of Indexed Jobs, "1,3-5": how upstream reads them and what it says of a bad one (kk:pkg/apis/batch/validation).

type Parsed<T> = { ok: true; value: T } | { ok: false; error: string };
type Interval = readonly [low: number, high: number];

/** Go's strconv.Atoi, as far as an index can be meant by it. */
function integer(text: string): number | undefined {
  return /^[+-]?[0-9]+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

function parseInterval(text: string, completions: number): Parsed<Interval> {
  const parts = text.split("-");
  if (parts.length > 2) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'";
    return { ok: false, error: `the fragment ${JSON.stringify(text)} ${rule}` };
  }
  const limits: number[] = [];
  for (const part of parts) {
    const limit = integer(part);
    if (limit === undefined)
      return { ok: false, error: `cannot convert string to integer for index: ${JSON.stringify(part)}` };
    if (limit >= completions) return { ok: false, error: `too large index: ${JSON.stringify(part)}` };
    limits.push(limit);
  }
  const [low = 0, high = low] = limits;
  if (limits.length > 1 && low >= high)
    return { ok: false, error: `non-increasing order, previous: ${low}, current: ${high}` };
  return { ok: true, value: [low, high] };
}

/** How many indexes the list names; "" names none. */
export function countIndexes(list: string, completions: number): Parsed<number> {
  if (list === "") return { ok: true, value: 0 };
  let last: number | undefined;
  let total = 0;
  for (const text of list.split(",")) {
    const parsed = parseInterval(text, completions);
    if (!parsed.ok) return parsed;
    const [low, high] = parsed.value;
    if (last !== undefined && last >= low)
      return { ok: false, error: `non-increasing order, previous: ${last}, current: ${low}` };
    total += high - low + 1;
    last = high;
  }
  return { ok: true, value: total };
}

/** The first index that both lists hold; what cannot be read is passed over, since its format is an error of its own. */
export function firstOverlap(completed: string, failed: string, completions: number): number | undefined {
  const intervals = (list: string): Interval[] =>
    (list === "" ? [] : list.split(",")).flatMap((text) => {
      const parsed = parseInterval(text, completions);
      return parsed.ok ? [parsed.value] : [];
    });
  const [a, b] = [intervals(completed), intervals(failed)];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [low, high] = a[i] as Interval;
    const [otherLow, otherHigh] = b[j] as Interval;
    if (low <= otherHigh && otherLow <= high) return Math.max(low, otherLow);
    if (low <= otherLow) i++;
    else j++;
  }
  return undefined;
}
