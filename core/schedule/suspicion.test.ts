import { expect, test } from "vitest";
import type { ScheduleCluster } from "./cluster.ts";
import { leavesLaterMs, suspectedSilence } from "./suspicion.ts";

/** Seconds since it fell silent; undefined: heard. */
const clusters = (...silent: (number | undefined)[]): ScheduleCluster[] =>
  silent.map((second, index) => ({
    name: `c${index}`,
    status: {
      conditions: [
        {
          type: "Ready",
          status: second === undefined ? "True" : "False",
          reason: "Test",
          message: "",
          lastTransitionTime: new Date((second ?? 0) * 1000).toISOString(),
        },
      ],
    },
  }));

test.each<[what: string, silent: (number | undefined)[], suspected: string[]]>([
  ["one is lost", [0, undefined], []],
  ["two of two at once", [0, 59], ["c0", "c1"]],
  ["two of five at once", [0, 60, undefined, undefined, undefined], ["c0", "c1"]],
  ["two of six: a third is no more than a third", [0, 60, undefined, undefined, undefined, undefined], []],
  ["two, one after the other", [0, 61, undefined], []],
  ["a chain counts where enough fall within a minute", [0, 50, 100, undefined], ["c0", "c1", "c2"]],
  ["of those that fell long before, nobody is suspected", [0, 1000, 1001, undefined, undefined], ["c1", "c2"]],
])("P9 %s", (_, silent, suspected) => {
  expect([...suspectedSilence(clusters(...silent))].sort()).toEqual(suspected);
});

test("P9 ten templates a second leave a lost cluster, always the same", () => {
  const waits = Array.from({ length: 1000 }, (_, index) => leavesLaterMs(`uid-${index * 7919}`, 1000));
  expect(leavesLaterMs("uid-0", 1000)).toBe(waits[0]);
  const bySecond = Map.groupBy(waits, (ms) => ms);
  expect(Math.max(...waits)).toBeLessThan(100_000);
  expect(bySecond.size).toBeGreaterThan(90);
  expect(leavesLaterMs("uid-0", 10)).toBe(0);
});
