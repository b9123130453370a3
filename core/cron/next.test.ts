// When schedules fire: what github.com/robfig/cron answered to the same, wall clocks that jump, and a slow oracle that looks at every minute.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSchedule, type Schedule } from "../../kinds/cronjob/schedule.ts";
import { latest, next } from "./next.ts";

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.schedule;
}
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Asked of cron v3.0.1 itself, on Go's time zones. */
test.each<[text: string, zone: string, after: string, next: string | undefined]>([
  ["30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-09T06:30:00Z"],
  ["30 1 * * *", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z"],
  ["30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"],
  ["0 * * * *", "America/New_York", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"],
  ["0 9 * * 1-5", "Europe/Paris", "2026-03-27T09:00:00Z", "2026-03-30T07:00:00Z"],
  ["15 2 29 3 *", "Europe/Paris", "2026-03-01T00:00:00Z", "2027-03-29T00:15:00Z"],
  ["0 0 * * 1", "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-29T22:00:00Z"],
  ["0 0 1 * *", "Asia/Kathmandu", "2026-05-02T00:00:00Z", "2026-05-31T18:15:00Z"],
  ["45 12 * * *", "Pacific/Chatham", "2026-04-04T12:00:00Z", "2026-04-05T00:00:00Z"],
  ["0 0 29 2 *", "UTC", "2025-01-01T00:00:00Z", "2028-02-29T00:00:00Z"],
  ["0 0 31 2 *", "UTC", "2025-01-01T00:00:00Z", undefined],
  ["0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"],
  ["0 0 13 * */1", "UTC", "2026-01-01T00:00:00Z", "2026-01-13T00:00:00Z"],
  ["0 0 13 * */2", "UTC", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"],
  ["5/20 * * * *", "UTC", "2026-01-01T00:26:00Z", "2026-01-01T00:45:00Z"],
  [", * * * *", "UTC", "2026-01-01T00:26:00Z", undefined],
  ["0 0 ? * mon", "UTC", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"],
  ["@weekly", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"],
  ["@every 1h30m10s", "UTC", "2026-01-01T00:00:05Z", "2026-01-01T01:30:15Z"],
  ["@every 20ms", "UTC", "2026-01-01T00:00:05Z", "2026-01-01T00:00:06Z"],
  ["59 23 31 12 *", "UTC", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"],
  ["0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-05T02:00:00Z"],
  ["0 12 25 4 *", "Africa/Cairo", "2014-01-01T00:00:00Z", "2014-04-25T10:00:00Z"],
])("%s in %s after %s fires at %s", (text, zone, after, expected) => {
  expect(iso(next(schedule(text), zone, Date.parse(after)))).toBe(expected);
});

describe("where upstream loses a time, none is lost", () => {
  test.each([
    [
      "a day that begins at 01:00 (Cairo)",
      "* 12 16 5 *",
      "Africa/Cairo",
      "2014-05-01T00:00:00Z",
      "2014-05-16T09:00:00Z",
    ],
    [
      "shifts of half an hour (Lord Howe)",
      "0 3 * * *",
      "Australia/Lord_Howe",
      "2026-10-03T12:00:00Z",
      "2026-10-03T16:00:00Z",
    ],
  ])("%s", (_, text, zone, after, expected) => {
    expect(iso(next(schedule(text), zone, Date.parse(after)))).toBe(expected);
  });
});

const MINUTE_MS = 60_000;
const ZONES = [
  "UTC",
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Pacific/Apia",
];
/** Near the hours in which clocks jump somewhere, and anywhere. */
const TIMES = [
  "2026-03-08T06:30:00Z",
  "2026-11-01T05:10:00Z",
  "2026-03-29T00:40:00Z",
  "2026-10-25T00:20:00Z",
  "2026-04-04T14:40:00Z",
  "2026-10-03T15:10:00Z",
  "2026-04-23T21:30:00Z",
  "2026-10-29T20:30:00Z",
  "2026-12-31T22:00:00Z",
  "2028-02-28T20:00:00Z",
  "2011-12-29T10:00:00Z",
].map((text) => Date.parse(text));

interface Asked {
  fields: string[];
  zone: string;
  after: number;
}

const field = (min: number, max: number): fc.Arbitrary<string> => {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant("*"), range, number.map(String)), fc.integer({ min: 1, max: 9 }))
    .map(([a, b]) => `${a}/${b}`);
  return fc.oneof(
    fc.constant("*"),
    fc.array(fc.oneof(number.map(String), range, stepped), { minLength: 1, maxLength: 3 }).map((all) => all.join()),
  );
};
const asked: fc.Arbitrary<Asked> = fc.record({
  fields: fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)),
  zone: fc.constantFrom(...ZONES),
  after: fc.tuple(fc.constantFrom(...TIMES), fc.integer({ min: 0, max: 4 * 3_600_000 })).map(([at, more]) => at + more),
});

/** Written apart from the code on purpose: the clock is read as text, every number is tried. */
function fits(text: string, value: number, min: number, max: number): boolean {
  return text.split(",").some((part) => {
    const [range = "", step] = part.split("/");
    const all = Array.from({ length: max - min + 1 }, (_, index) => index + min);
    const [low, high] = range === "*" ? [min, max] : range.split("-").map(Number);
    const top = high ?? (step === undefined ? low! : max);
    return all
      .filter((one) => one >= low! && one <= top)
      .filter((_, index) => index % Number(step ?? 1) === 0)
      .includes(value);
  });
}
const WALLS = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }),
  ]),
);
const isAny = (text: string): boolean => text.split(",").some((part) => part === "*" || part === "*/1");

function fires(
  { fields: [minute, hour, day, month, weekday], zone }: { fields: string[]; zone: string },
  at: number,
): boolean {
  const [date = "", time = ""] = WALLS.get(zone)!.format(at).split(" ");
  const [, m, d] = date.split("-").map(Number);
  const [h, min] = time.split(":").map(Number);
  const w = new Date(`${date}T00:00:00Z`).getUTCDay();
  const [onDay, onWeekday] = [fits(day!, d!, 1, 31), fits(weekday!, w, 0, 6)];
  const days = isAny(day!) || isAny(weekday!) ? onDay && onWeekday : onDay || onWeekday;
  return fits(minute!, min!, 0, 59) && fits(hour!, h!, 0, 23) && fits(month!, m!, 1, 12) && days;
}

const HORIZON = 2 * 24 * 60;

test("the next time is the first minute that fits, and the latest the last one", () => {
  fc.assert(
    fc.property(asked, ({ fields, zone, after }) => {
      const minutes: number[] = [];
      const first = Math.floor(after / MINUTE_MS) + 1;
      const until = (first + HORIZON) * MINUTE_MS;
      for (let at = first * MINUTE_MS; at <= until; at += MINUTE_MS) if (fires({ fields, zone }, at)) minutes.push(at);
      const parsed = schedule(fields.join(" "));
      const found = next(parsed, zone, after);
      if (minutes.length > 0) expect(iso(found)).toBe(iso(minutes[0]));
      else expect(found ?? Infinity).toBeGreaterThan(until);
      expect(iso(latest(parsed, zone, after, until))).toBe(iso(minutes.at(-1)));
    }),
    { numRuns: 80 },
  );
}, 60_000);

test("@every keeps its beat from where it began", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.nat(10_000_000),
      fc.nat(100_000_000),
      (seconds, after, wait) => {
        const every = schedule(`@every ${seconds}s`);
        const found = latest(every, "UTC", after, after + wait);
        const start = Math.floor(after / 1000) * 1000;
        const beats = Math.floor((after + wait - start) / (seconds * 1000));
        expect(found).toBe(beats === 0 ? undefined : start + beats * seconds * 1000);
      },
    ),
  );
});
