// CronJob (batch/v1). Stays at the root, which fires it: each time becomes a Job there, and that is placed (worker/controllers/cron.ts).
import { scheduleError } from "./cronjob/schedule.ts";
import { locationError } from "./cronjob/zones.ts";
import { defaultFailurePolicy } from "./job.ts";
import { jobSpecWarnings, validateJobSpec } from "./job/spec.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { age } from "./rules/duration.ts";
import { invalid, nonNegative, notSupported, required } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { byteLength, podNameWarnings } from "./rules/names.ts";
import { formatLabelSelector } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

export const CRONJOBS = "cronjobs.batch";

const POLICIES = ["Allow", "Forbid", "Replace"];
/** A Job's name is the CronJob's and 11 characters more, and is a label. */
const MAX_NAME = 52;

/** kk:pkg/apis/batch/v1/defaults.go SetDefaults_CronJob; what a Job gets of its own comes when one is made. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, cronJob.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.concurrencyPolicy ||= "Allow";
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  spec.schedule ??= "";
  spec.jobTemplate ??= {};
  spec.jobTemplate.metadata ??= {};
  spec.jobTemplate.spec ??= {};
  defaultTemplate(spec.jobTemplate.spec);
  defaultFailurePolicy(spec.jobTemplate.spec);
  object.status ??= {};
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec, metadata } = object;
  const errors = [...validateMetadata(cronJob, object, old), ...validateSpec(spec, old?.spec)];
  // An older and longer name may still be updated.
  if (old === undefined && byteLength(metadata.name ?? "") > MAX_NAME)
    errors.push(invalid("metadata.name", metadata.name, `must be no more than ${MAX_NAME} characters`));
  return errors;
}

function validateSpec(spec: Loose, old: Loose): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.schedule) errors.push(required("spec.schedule"));
  else errors.push(...validateSchedule(spec, old?.schedule?.includes("TZ") === true));
  errors.push(...nonNegative("spec.startingDeadlineSeconds", spec.startingDeadlineSeconds));
  if (old === undefined || old.timeZone !== spec.timeZone) errors.push(...validateTimeZone(spec.timeZone));
  if (!POLICIES.includes(spec.concurrencyPolicy))
    errors.push(notSupported("spec.concurrencyPolicy", spec.concurrencyPolicy, POLICIES));
  const template = spec.jobTemplate.spec;
  const field = "spec.jobTemplate.spec";
  errors.push(...validateJobSpec(template, field));
  if (template.selector)
    errors.push(invalid(`${field}.selector`, template.selector, "`selector` will be auto-generated"));
  if (template.manualSelector === true)
    errors.push(notSupported(`${field}.manualSelector`, template.manualSelector, ["nil", "false"]));
  return [
    ...errors,
    ...nonNegative("spec.successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit),
    ...nonNegative("spec.failedJobsHistoryLimit", spec.failedJobsHistoryLimit),
  ];
}

/** A zone inside the schedule is only kept, never made. */
function validateSchedule({ schedule, timeZone }: Loose, hadZone: boolean): FieldError[] {
  const field = "spec.schedule";
  const error = scheduleError(schedule);
  const errors = error === undefined ? [] : [invalid(field, schedule, error)];
  if (!schedule.includes("TZ")) return errors;
  if (!hadZone)
    errors.push(invalid(field, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
  else if (timeZone !== undefined)
    errors.push(invalid(field, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule"));
  return errors;
}

const zonePart = /^[A-Za-z.\-_0-9+]{1,14}$/;

function validateTimeZone(zone: string | undefined): FieldError[] {
  const field = "spec.timeZone";
  if (zone === undefined) return [];
  if (zone === "") return [invalid(field, zone, "timeZone must be nil or non-empty string")];
  const malformed = (part: string): boolean =>
    part === "." || part === ".." || part.startsWith("-") || !zonePart.test(part);
  if (zone.split("/").some(malformed)) return [invalid(field, zone, `unknown time zone ${zone}`)];
  const errors: FieldError[] = [];
  if (zone.toLowerCase() === "local") {
    const detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
    errors.push(invalid(field, zone, detail));
  }
  const error = locationError(zone);
  if (error !== undefined) errors.push(invalid(field, zone, error));
  return errors;
}

function warnings({ metadata, spec }: KubeObject, old?: KubeObject): string[] {
  const job = (): string[] => jobSpecWarnings(spec.jobTemplate.spec, "spec.jobTemplate.spec");
  if (old === undefined) return [...podNameWarnings(metadata.name), ...job()];
  const said = sameJson(spec, old.spec) ? [] : job();
  // The path is upstream's own slip.
  const zone =
    "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details";
  return spec.schedule.includes("TZ") ? [...said, zone] : said;
}

export const cronJob: Kind = {
  group: "batch",
  version: "v1",
  kind: "CronJob",
  resource: "cronjobs",
  singular: "cronjob",
  namespaced: true,
  shortNames: ["cj"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.batch.v1.CronJob",
  generation: true,
  columns: [
    NAME,
    { name: "Schedule", type: "string", description: "When it fires", cell: ({ spec }) => spec?.schedule ?? "" },
    {
      name: "Timezone",
      type: "string",
      description: "Whose clock that is",
      cell: ({ spec }) => spec?.timeZone ?? "<none>",
    },
    {
      name: "Suspend",
      type: "boolean",
      description: "It does not fire",
      cell: ({ spec }) => (spec?.suspend === undefined ? "<unset>" : spec.suspend ? "True" : "False"),
    },
    {
      name: "Active",
      type: "integer",
      description: "Jobs that run",
      cell: ({ status }) => (status?.active ?? []).length,
    },
    {
      name: "Last Schedule",
      type: "string",
      description: "Time since it last fired",
      cell: ({ status }, now) => (status?.lastScheduleTime ? age(status.lastScheduleTime, now) : "<none>"),
    },
    AGE,
    ...templateColumns(
      (spec) => formatLabelSelector(spec?.selector),
      (object) => object.spec?.jobTemplate?.spec,
    ),
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = {};
  },
  validate,
  warnings,
  federation: { rule: "root" },
};
