// CronJobs: schedules and time zones in the words of the parser that Kubernetes uses.
import type { Loose } from "../../object.ts";
import { jobTemplate } from "./jobs.ts";

function cronJob(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "nightly", ...metadata },
    spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: jobTemplate() } }, ...spec },
  };
}

const withJob = (spec: Loose, metadata: Loose = {}): Loose =>
  cronJob({ jobTemplate: { metadata, spec: { template: jobTemplate(), ...spec } } });
const at = (schedule: string): [string, Loose] => [`CronJob, at ${schedule}`, cronJob({ schedule })];
const zone = (timeZone: string): [string, Loose] => [`CronJob, zone ${timeZone}`, cronJob({ timeZone })];

export const valid: [string, Loose][] = [
  ["CronJob", cronJob()],
  ...[
    "*/5 * * * *",
    "0,30 8-18/2 1-15 jan-JUN mon-fri",
    "5/10 ? * * 0",
    "  0   0 1 1 SUN ",
    "@daily",
    "@midnight",
    "@every 1h30m",
    "@every -1.5s",
    "@every 0",
    ", * * * *",
  ].map(at),
  ...["Europe/Berlin", "UTC", "America/Argentina/Ushuaia", "Etc/GMT+5", "EST5EDT"].map(zone),
  [
    "CronJob, everything",
    cronJob(
      {
        timeZone: "Asia/Tokyo",
        startingDeadlineSeconds: 100,
        concurrencyPolicy: "Forbid",
        suspend: true,
        successfulJobsHistoryLimit: 0,
        failedJobsHistoryLimit: 0,
        jobTemplate: {
          metadata: { labels: { a: "b" }, annotations: { c: "d" } },
          spec: {
            completions: 2,
            completionMode: "Indexed",
            backoffLimitPerIndex: 1,
            podFailurePolicy: { rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] }] },
            template: jobTemplate(),
          },
        },
      },
      { labels: { x: "y" }, name: "a".repeat(52) },
    ),
  ],
  ["CronJob, replaces", cronJob({ concurrencyPolicy: "Replace" })],
  ["CronJob, Job without manual selector", withJob({ manualSelector: false })],
];

export const invalid: [string, Loose][] = [
  ["CronJob, no schedule", cronJob({ schedule: undefined })],
  ...[
    " ",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 7",
    "a * * * *",
    "-1 * * * *",
    "+1-0 * * * *",
    "1-2-3 * * * *",
    "1-x * * * *",
    "*/0 * * * *",
    "*/-2 * * * *",
    "*/x * * * *",
    "1/2/3 * * * *",
    "99999999999999999999 * * * *",
    "* * * foo *",
    "* * * * monday",
    "1,61 * * * *",
    "@hourlyish",
    "@every",
    "@every ",
    "@every 5",
    "@every 5y",
    "@every x",
    "@every 1.5.5s",
    "@every 99999999h",
    "TZ=UTC 0 0 * * *",
    "CRON_TZ=Europe/Berlin 0 0 * * *",
    "TZ=Nowhere/Town 0 0 * * *",
    "TZ=0",
    "TZ=../x 0 0 * * *",
    "0 0 * * TZ",
  ].map(at),
  ...[
    "",
    "Nowhere",
    "europe/berlin",
    "Local",
    "local",
    "../etc/passwd",
    "Europe//Berlin",
    "/UTC",
    "-UTC",
    "Europe/AVeryLongNameIndeed",
    "Europe/Ber lin",
    "+01:00",
    "+0100",
  ].map(zone),
  ["CronJob, zone and TZ", cronJob({ schedule: "TZ=UTC 0 0 * * *", timeZone: "UTC" })],
  ["CronJob, name", cronJob({}, { name: "a".repeat(53) })],
  ["CronJob, bad name", cronJob({}, { name: "A" })],
  ["CronJob, negative deadline", cronJob({ startingDeadlineSeconds: -1 })],
  ["CronJob, negative histories", cronJob({ successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -1 })],
  ["CronJob, concurrency", cronJob({ concurrencyPolicy: "Maybe" })],
  ["CronJob, no template", cronJob({ jobTemplate: undefined })],
  ["CronJob, Job's restart policy", withJob({ template: jobTemplate({ restartPolicy: "Always" }) })],
  ["CronJob, Job's selector", withJob({ selector: { matchLabels: { app: "web" } } })],
  ["CronJob, Job's manual selector", withJob({ manualSelector: true })],
  ["CronJob, Job's parallelism", withJob({ parallelism: -1 })],
  ["CronJob, Job's completions", withJob({ completionMode: "Indexed" })],
  ["CronJob, Job's labels are not looked at, its mode is", withJob({ completionMode: "X" }, { labels: { "a b": "" } })],
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["CronJob, schedule", cronJob(), cronJob({ schedule: "@hourly" })],
  ["CronJob, bad schedule", cronJob(), cronJob({ schedule: "x" })],
  ["CronJob, TZ in the schedule", cronJob(), cronJob({ schedule: "TZ=UTC 0 0 * * *" })],
  ["CronJob, suspend", cronJob(), cronJob({ suspend: true })],
  ["CronJob, time zone", cronJob({ timeZone: "UTC" }), cronJob({ timeZone: "Europe/Paris" })],
  ["CronJob, bad time zone", cronJob({ timeZone: "UTC" }), cronJob({ timeZone: "Nowhere" })],
  ["CronJob, time zone gone", cronJob({ timeZone: "UTC" }), cronJob()],
  ["CronJob, template", cronJob(), withJob({ completions: 4, template: jobTemplate({ restartPolicy: "OnFailure" }) })],
  ["CronJob, bad template", cronJob(), withJob({ template: jobTemplate({ restartPolicy: "Always" }) })],
  ["CronJob, labels", cronJob(), cronJob({}, { labels: { a: "b" } })],
  ["CronJob, bad label", cronJob(), cronJob({}, { labels: { "-": "b" } })],
  ["CronJob, concurrency", cronJob({ concurrencyPolicy: "Forbid" }), cronJob({ concurrencyPolicy: "Sometimes" })],
];
