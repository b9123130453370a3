// What one look at a CronJob makes of it: which time is owed, the Job of it, concurrency, history, status, Events.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cronJob as cronJobKind } from "../../kinds/cronjob.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { cronEvent } from "./event.ts";
import { owedNow } from "./owed.ts";
import { tick, type Tick, type Ticking } from "./tick.ts";

const at = (text: string): number => Date.parse(`2026-03-01T${text}Z`);
const MADE = "2026-03-01T09:00:30Z";

function cronJob(spec: Loose = {}, status: Loose = {}, metadata: Loose = {}): KubeObject {
  const object: KubeObject = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "backup", namespace: "default", uid: "cron-uid", creationTimestamp: MADE, ...metadata },
    spec: {
      schedule: "0 * * * *",
      jobTemplate: {
        metadata: { labels: { app: "backup" }, annotations: { note: "x" } },
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } } },
      },
      ...spec,
    },
    status,
  };
  cronJobKind.setDefaults?.(object);
  return object;
}

function job(name: string, end?: "Complete" | "Failed", more: Loose = {}): KubeObject {
  const conditions = end === undefined ? [] : [{ type: end, status: "True" }];
  const completionTime = end === "Complete" ? { completionTime: more["completionTime"] ?? MADE } : {};
  const metadata = { name, namespace: "default", uid: `${name}-uid`, creationTimestamp: MADE };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: {},
    status: { conditions, startTime: MADE, ...completionTime, ...more },
  };
}
const active = (...names: string[]): Loose => ({ active: names.map((name) => ({ name, uid: `${name}-uid` })) });

function look(object: KubeObject, now: number, more: Partial<Ticking> = {}): Tick {
  const since = Date.parse(object["status"].lastScheduleTime ?? object.metadata.creationTimestamp);
  return tick({ cronJob: object, jobs: [], taken: false, since, now, uid: () => "new-uid", ...more });
}
const reasons = (plan: Tick): string[] => plan.told.map(({ reason }) => reason);

test("a time that has come is one Job with Kubernetes' own name, and served", () => {
  const plan = look(cronJob({ timeZone: "Europe/Paris" }), at("10:00:00"));
  expect(plan.create).toMatchObject({
    metadata: {
      name: "backup-29539320",
      uid: "new-uid",
      labels: { app: "backup" },
      annotations: { note: "x", "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-03-01T11:00:00+01:00" },
      ownerReferences: [{ kind: "CronJob", uid: "cron-uid", controller: true }],
    },
    spec: { completions: 1, selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "new-uid" } } },
  });
  expect(plan.served).toBe(at("10:00:00"));
  expect(plan.status).toMatchObject({
    lastScheduleTime: "2026-03-01T10:00:00Z",
    active: [{ kind: "Job", apiVersion: "batch/v1", name: "backup-29539320", uid: "new-uid" }],
  });
  expect(plan.againMs).toBe(3_600_100);
  expect(reasons(plan)).toEqual(["SuccessfulCreate"]);
});

test.each<[why: string, object: KubeObject, now: string, fired: string | undefined, said: string[]]>([
  ["not yet", cronJob(), "09:59:59", undefined, []],
  ["served already", cronJob({}, { lastScheduleTime: "2026-03-01T10:00:00Z" }), "10:30:00", undefined, []],
  ["the latest of several that were missed", cronJob(), "14:30:00", "2026-03-01T14:00:00Z", ["SuccessfulCreate"]],
  ["suspended", cronJob({ suspend: true }), "14:30:00", undefined, []],
  [
    "within its starting deadline",
    cronJob({ startingDeadlineSeconds: 60 }),
    "10:01:00",
    "2026-03-01T10:00:00Z",
    ["SuccessfulCreate"],
  ],
  ["after its starting deadline", cronJob({ startingDeadlineSeconds: 60 }), "10:01:01", undefined, ["MissSchedule"]],
  ["a hundred missed", cronJob({ schedule: "* * * * *" }), "10:40:30", "2026-03-01T10:40:00Z", ["SuccessfulCreate"]],
  [
    "more than a hundred missed",
    cronJob({ schedule: "* * * * *" }),
    "10:41:30",
    "2026-03-01T10:41:00Z",
    ["TooManyMissedTimes", "SuccessfulCreate"],
  ],
  ["being deleted", cronJob({}, {}, { deletionTimestamp: MADE }), "10:00:00", undefined, []],
  ["a day that never comes", cronJob({ schedule: "0 0 31 2 *" }), "10:00:00", undefined, ["InvalidSchedule"]],
  [
    "@every, with a deadline shorter than its beat",
    cronJob({ schedule: "@every 1h", startingDeadlineSeconds: 10 }),
    "10:00:35",
    "2026-03-01T10:00:30Z",
    ["SuccessfulCreate"],
  ],
  [
    "a zone of old in the schedule",
    cronJob({ schedule: "TZ=Asia/Kolkata 30 15 * * *" }),
    "10:00:00",
    "2026-03-01T10:00:00Z",
    ["SuccessfulCreate"],
  ],
  ["a zone nobody knows", cronJob({ timeZone: "Mars/Olympus" }), "10:00:00", undefined, ["UnknownTimeZone"]],
  [
    "labels that no Job may have",
    cronJob({ jobTemplate: { ...cronJob()["spec"].jobTemplate, metadata: { labels: { "a b": "" } } } }),
    "10:00:00",
    undefined,
    ["FailedCreate"],
  ],
])("%s", (_, object, now, fired, said) => {
  const plan = look(object, at(now));
  expect(plan.status.lastScheduleTime).toBe(fired ?? object["status"].lastScheduleTime);
  expect(plan.create === undefined).toBe(fired === undefined);
  expect(reasons(plan)).toEqual(said);
});

describe("concurrency", () => {
  const running = [job("backup-1")];
  test.each<[policy: string, fires: boolean, removed: string[], after: string[], said: string]>([
    ["Allow", true, [], ["backup-1", "backup-29539320"], "SuccessfulCreate"],
    ["Forbid", false, [], ["backup-1"], "JobAlreadyActive"],
    ["Replace", true, ["backup-1"], ["backup-29539320"], "SuccessfulDelete,SuccessfulCreate"],
  ])("%s", (concurrencyPolicy, fires, removed, after, said) => {
    const plan = look(cronJob({ concurrencyPolicy }, active("backup-1")), at("10:00:00"), { jobs: running });
    expect(plan.create !== undefined).toBe(fires);
    expect(plan.remove.map(({ metadata }) => metadata.name)).toEqual(removed);
    expect(plan.status.active.map(({ name }: Loose) => name)).toEqual(after);
    expect(String(reasons(plan))).toBe(said);
    if (!fires) expect(plan.served).toBeUndefined();
  });

  test("Forbid waits for one that ended, not for one made by hand", () => {
    const object = cronJob({ concurrencyPolicy: "Forbid" }, active("backup-1"));
    const jobs = [job("backup-1", "Failed"), job("by-hand")];
    const plan = look(object, at("10:00:00"), { jobs });
    expect(plan.create).toBeDefined();
    expect(reasons(plan)).toEqual(["SawCompletedJob", "UnexpectedJob", "SuccessfulCreate"]);
    expect(plan.status.active).toHaveLength(1);
  });
});

test("a name that somebody else has is not taken, and its time stays unserved; one of its own is that time's Job", () => {
  const foreign = look(cronJob(), at("10:00:00"), { taken: true });
  expect([foreign.create, foreign.served, reasons(foreign)]).toEqual([undefined, undefined, ["FailedCreate"]]);
  const own = look(cronJob(), at("10:00:00"), { jobs: [job("backup-29539320", "Complete")] });
  expect([own.create, own.served]).toEqual([undefined, at("10:00:00")]);
});

test("history keeps the newest of each kind; what went missing is no longer active; success is remembered", () => {
  const jobs = [
    ...["a", "b", "c", "d", "e"].map((name, index) =>
      job(name, "Complete", {
        startTime: `2026-03-01T0${index}:00:00Z`,
        completionTime: `2026-03-01T0${index}:30:00Z`,
      }),
    ),
    job("x", "Failed", { startTime: "2026-03-01T01:00:00Z" }),
    job("y", "Failed", { startTime: "2026-03-01T00:00:00Z" }),
  ].reverse();
  const plan = look(cronJob({}, active("e", "lost")), at("09:30:00"), { jobs });
  expect(plan.remove.map(({ metadata }) => metadata.name)).toEqual(["a", "b", "y"]);
  expect(plan.status).toEqual({ lastSuccessfulTime: "2026-03-01T04:30:00Z" });
  expect(reasons(plan)).toEqual([
    "SuccessfulDelete",
    "SuccessfulDelete",
    "SuccessfulDelete",
    "SawCompletedJob",
    "MissingJob",
  ]);
});

test.each<[why: string, before: Loose | undefined, asked: Loose, since: string]>([
  ["new: from its creation", undefined, {}, MADE],
  ["as known", { since: "2026-03-01T12:00:00Z" }, {}, "2026-03-01T12:00:00Z"],
  ["served", { since: "2026-03-01T12:00:00Z" }, { served: at("13:00:00") }, "2026-03-01T13:00:00Z"],
  ["another schedule owes nothing of before", { schedule: "1 1 * * *" }, {}, "2026-03-01T20:00:00Z"],
  ["another life of the log neither", { epoch: 0 }, {}, "2026-03-01T20:00:00Z"],
  ["an earlier CronJob of the name says nothing", { of: "other", since: "2026-03-01T19:00:00Z" }, {}, MADE],
])("P3 what is owed: %s", (_, before, asked, since) => {
  const known = before && { of: "cron-uid", schedule: "0 * * * *", since: MADE, epoch: 1, ...before };
  expect(owedNow(cronJob(), known, { epoch: 1, now: at("20:00:00"), ...asked }).since).toBe(since);
});

test("P6 a status that somebody set back hands out no time again", () => {
  const known = { of: "cron-uid", schedule: "0 * * * *", since: "2026-03-01T13:00:00Z", epoch: 1 };
  const { since } = owedNow(cronJob({}, { lastScheduleTime: "2026-03-01T10:00:00Z" }), known, {
    epoch: 1,
    now: at("13:30:00"),
  });
  expect(look(cronJob(), at("13:30:00"), { since: Date.parse(since) }).create).toBeUndefined();
});

test("however looks are spread over time, no time is handed out twice, and with one every minute none is missed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom("*/3 * * * *", "0 * * * *", "@every 90s"),
      (gaps, schedule) => {
        let now = Date.parse(MADE);
        let object = cronJob({ schedule });
        const names: string[] = [];
        for (const minutes of gaps) {
          now += minutes * 60_000;
          const plan = look(object, now);
          if (plan.create !== undefined)
            names.push(plan.create.metadata.annotations?.["batch.kubernetes.io/cronjob-scheduled-timestamp"] ?? "");
          object = { ...object, status: plan.status };
        }
        expect(new Set(names).size).toBe(names.length);
        if (schedule === "*/3 * * * *" && gaps.every((gap) => gap <= 1)) {
          const passed = Math.floor(now / 180_000) - Math.floor(Date.parse(MADE) / 180_000);
          expect(names).toHaveLength(passed);
        }
      },
    ),
  );
});

test("an Event is told once an occurrence, and counted", () => {
  const told = { type: "Normal", reason: "JobAlreadyActive", message: "m", at: at("10:00:00") } as const;
  const uid = (): string => "event-uid";
  const first = cronEvent(cronJob(), told, undefined, uid);
  expect(first).toMatchObject({
    count: 1,
    involvedObject: { kind: "CronJob", uid: "cron-uid" },
    lastTimestamp: "2026-03-01T10:00:00Z",
  });
  expect(cronEvent(cronJob(), told, first, uid)).toBeUndefined();
  expect(cronEvent(cronJob(), { ...told, at: at("11:00:00") }, first, uid)).toMatchObject({
    count: 2,
    firstTimestamp: "2026-03-01T10:00:00Z",
  });
});
