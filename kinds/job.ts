// Job (batch/v1). Its pods are found by labels made of its own name and uid, so selector and labels are generated at creation; most of
// its spec never changes after. Placed whole in one cluster, and never made again there once it ran.
import type { FieldError, Kind } from "./kind.ts";
import { printedSelector, printedTemplate, printedTemplateSpec } from "./job/printed.ts";
import { printedFailurePolicy, printedSuccessPolicy } from "./job/policies.ts";
import { INDEXED, jobSpecWarnings, validateJobSpec } from "./job/spec.ts";
import { hasCondition, validateJobStatus } from "./job/status.ts";
import type { KubeObject, Loose } from "./object.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { humanDuration } from "./rules/duration.ts";
import { invalid, invalidPrinted, required } from "./rules/errors.ts";
import { isSelector, sameJson, validateLabelSelector, validateMetadata } from "./rules/metadata.ts";
import { dns1123Label, podNameWarnings } from "./rules/names.ts";
import { controlled } from "./rules/owners.ts";
import { formatLabelSelector, matchesLabels, selectorFromObject } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

export const JOBS = "jobs.batch";

const UID_LABEL = "batch.kubernetes.io/controller-uid";
const NAME_LABEL = "batch.kubernetes.io/job-name";
const LEGACY_UID_LABEL = "controller-uid";
const LEGACY_NAME_LABEL = "job-name";

/** kk:pkg/apis/batch/v1/defaults.go SetDefaults_Job. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, job.schema);
  object.spec ??= {};
  const { spec } = object;
  defaultTemplate(spec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647;
  shareLabels(object);
  spec.completionMode ??= "NonIndexed";
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? "Failed" : "TerminatingOrFailed";
  spec.manualSelector ??= false;
  defaultFailurePolicy(spec);
  object.status ??= {};
}

/**
 * A Job without labels has its template's: the very same object as upstream, on purpose, since what is generated into the template's labels
 * afterwards then stands in the Job's own too.
 */
function shareLabels({ metadata, spec }: KubeObject): void {
  const { labels } = spec.template.metadata;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = labels;
}

/** An empty list of rules comes back as null (from storage, where the two are one). */
export function defaultFailurePolicy(spec: Loose): void {
  if (spec.podFailurePolicy && !spec.podFailurePolicy.rules?.length) spec.podFailurePolicy.rules = null;
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of onPodConditions ?? []) pattern.status ||= "True";
}

/** kk:pkg/registry/batch/job/strategy.go generateSelector. */
function prepareCreate(object: KubeObject): void {
  object.status = {};
  const { metadata, spec } = object;
  if (spec.manualSelector === true) return;
  // A made-up name is tried on copies upstream, where the two share nothing.
  const madeUp =
    metadata.generateName && metadata.name !== metadata.generateName && metadata.name.startsWith(metadata.generateName);
  if (madeUp && spec.template.metadata.labels) spec.template.metadata.labels = { ...spec.template.metadata.labels };
  const labels = (spec.template.metadata.labels ??= {});
  labels[LEGACY_NAME_LABEL] ??= metadata.name ?? "";
  labels[NAME_LABEL] ??= metadata.name ?? "";
  labels[LEGACY_UID_LABEL] ??= metadata.uid;
  labels[UID_LABEL] ??= metadata.uid;
  spec.selector ??= {};
  spec.selector.matchLabels ??= {};
  spec.selector.matchLabels[UID_LABEL] ??= metadata.uid;
  shareLabels(object);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(job, object, old, ["meta", "update"]);
  const spec = validateOwnSpec(object.spec);
  errors.push(...generatedErrors(object, old), ...spec, ...hostnameErrors(object));
  if (old === undefined) return errors;
  // Upstream validates an updated Job as a new one first, and its spec again as a changed one.
  return [...errors, ...spec, ...validateChange(object, old), ...validateJobStatus(object, old)];
}

function validateOwnSpec(spec: Loose): FieldError[] {
  const errors = validateJobSpec(spec, "spec");
  if (!spec.selector) errors.push(required("spec.selector"));
  else errors.push(...validateLabelSelector(spec.selector, "spec.selector"));
  const labels = spec.template?.metadata?.labels;
  const selector = selectorFromObject(spec.selector);
  if (isSelector(spec.selector) && !(selector !== undefined && matchesLabels(selector, labels))) {
    const detail = "`selector` does not match template `labels`";
    errors.push(invalid("spec.template.metadata.labels", labels ?? null, detail));
  }
  return errors;
}

/** Selector and labels that were to be generated are the generated ones; Jobs of before 1.27 have the old labels only. */
function generatedErrors({ metadata, spec }: KubeObject, old?: KubeObject): FieldError[] {
  if (spec.manualSelector === true || !spec.selector) return [];
  const before = old?.spec?.template?.metadata?.labels;
  const prefixed = old === undefined || (before?.[NAME_LABEL] !== undefined && before?.[UID_LABEL] !== undefined);
  const expected: Record<string, string> = {
    [LEGACY_UID_LABEL]: metadata.uid ?? "",
    [LEGACY_NAME_LABEL]: metadata.name ?? "",
    ...(prefixed ? { [UID_LABEL]: metadata.uid ?? "", [NAME_LABEL]: metadata.name ?? "" } : {}),
  };
  const labels = spec.template?.metadata?.labels;
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(expected)) {
    const field = `spec.template.metadata.labels[${key}]`;
    if (labels?.[key] === undefined) errors.push(required(field, `must be '${value}'`));
    else if (labels[key] !== value) errors.push(invalid(field, labels, `must be '${value}'`));
  }
  const selector = selectorFromObject(spec.selector);
  if (isSelector(spec.selector) && selector !== undefined && !matchesLabels(selector, expected))
    errors.push(invalidPrinted("spec.selector", printedSelector(spec.selector), "`selector` not auto-generated"));
  return errors;
}

/** Pods of an Indexed Job have its name and their index as hostname. */
function hostnameErrors({ metadata: { name }, spec }: KubeObject): FieldError[] {
  if (spec.completionMode !== INDEXED || !(spec.completions > 0)) return [];
  const hostname = `${name}-${spec.completions - 1}`;
  return dns1123Label(hostname).length > 0
    ? [invalid("metadata.name", name, `will not able to create pod with invalid DNS label: ${hostname}`)]
    : [];
}

const IMMUTABLE = "field is immutable";

function validateChange({ spec }: KubeObject, before: KubeObject): FieldError[] {
  const old = before.spec;
  const errors: FieldError[] = [];
  const fixed = (field: string, print: (value: Loose) => string = (value) => JSON.stringify(value ?? null)): void => {
    if (!sameJson(spec[field], old[field])) errors.push(invalidPrinted(`spec.${field}`, print(spec[field]), IMMUTABLE));
  };
  if (spec.completionMode !== INDEXED) fixed("completions");
  else if (spec.completions !== undefined && spec.completions !== old.completions) {
    const detail = "can only be modified in tandem with spec.parallelism";
    if (spec.completions !== spec.parallelism) errors.push(invalid("spec.completions", spec.completions, detail));
  }
  fixed("selector", printedSelector);
  errors.push(...validateTemplateChange(spec, before));
  fixed("completionMode");
  fixed("podFailurePolicy", printedFailurePolicy);
  fixed("backoffLimitPerIndex");
  fixed("managedBy");
  fixed("successPolicy", printedSuccessPolicy);
  return errors;
}

/** The template is fixed, but while a Job is suspended and runs nothing: where its pods go and what they need may change then. */
function validateTemplateChange({ template }: Loose, { spec, status }: KubeObject): FieldError[] {
  const was = structured(spec.template);
  const suspended = spec.suspend === true;
  const idle = suspended && (!status?.startTime || hasCondition(status, "Suspended")) && !status?.active;
  if (idle) {
    allowScheduling(was, template);
    allowResources(was.spec, template.spec);
  }
  if (suspended && idle) {
    return sameJson(template.spec, was.spec)
      ? []
      : [invalidPrinted("spec.template.spec", printedTemplateSpec(template.spec), IMMUTABLE)];
  }
  return sameJson(template, was) ? [] : [invalidPrinted("spec.template", printedTemplate(template), IMMUTABLE)];
}

function structured(value: Loose): Loose {
  return JSON.parse(JSON.stringify(value));
}

function put(target: Loose, field: string, value: Loose): void {
  if (value === undefined) delete target[field];
  else target[field] = value;
}

function allowScheduling(was: Loose, template: Loose): void {
  const wanted = template.spec.affinity;
  const { affinity } = was.spec;
  if (wanted || affinity) {
    const merged = { ...affinity };
    put(merged, "nodeAffinity", wanted?.nodeAffinity);
    put(was.spec, "affinity", wanted === undefined && Object.keys(merged).length === 0 ? undefined : merged);
  }
  for (const field of ["nodeSelector", "tolerations", "schedulingGates"]) put(was.spec, field, template.spec[field]);
  for (const field of ["annotations", "labels"]) put(was.metadata, field, template.metadata?.[field]);
}

function allowResources(was: Loose, pod: Loose): void {
  for (const list of ["containers", "initContainers"]) {
    const [before, now] = [was[list] ?? [], pod[list] ?? []];
    if (before.length !== now.length) continue;
    for (const [index, container] of now.entries())
      if (before[index].name === container.name) put(before[index], "resources", container.resources);
  }
}

function warnings({ metadata, spec }: KubeObject, old?: KubeObject): string[] {
  if (old === undefined) return [...podNameWarnings(metadata.name), ...jobSpecWarnings(spec, "spec")];
  return sameJson(spec, old.spec) ? [] : jobSpecWarnings(spec, "spec");
}

/** kk:pkg/printers/internalversion/printers.go printJob. */
function statusOf({ metadata, status }: KubeObject): string {
  for (const type of ["Complete", "Failed"]) if (hasCondition(status, type)) return type;
  if (metadata.deletionTimestamp) return "Terminating";
  for (const type of ["Suspended", "FailureTarget", "SuccessCriteriaMet"]) if (hasCondition(status, type)) return type;
  return "Running";
}

function completionsOf({ spec, status }: KubeObject): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  return spec?.parallelism > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: KubeObject, now: number): string {
  if (!status?.startTime) return "";
  const end = status.completionTime ? Date.parse(status.completionTime) : now;
  return humanDuration(end - Date.parse(status.startTime));
}

const INSTANTIATE = "cronjob.kubernetes.io/instantiate";

export const job: Kind = {
  group: "batch",
  version: "v1",
  kind: "Job",
  resource: "jobs",
  singular: "job",
  namespaced: true,
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.batch.v1.Job",
  generation: true,
  dependents: "orphan",
  deleteWarning:
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning",
  fields: { "status.successful": ({ status }) => String(status?.succeeded ?? 0) },
  unknownField: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  columns: [
    NAME,
    { name: "Status", type: "string", description: "How far it came", cell: statusOf },
    { name: "Completions", type: "string", description: "Pods that succeeded of those wanted", cell: completionsOf },
    { name: "Duration", type: "string", description: "Time it took, or takes", cell: durationOf },
    AGE,
    ...templateColumns((spec) => formatLabelSelector(spec?.selector)),
  ],
  setDefaults,
  prepareCreate,
  validate,
  warnings,
  federation: { rule: "workload", divided: ["spec.parallelism", "spec.completions"], once: true },
  // `kubectl create job --from=cronjob/…` names the CronJob as controller; nobody else ever makes that Job.
  propagates: (object) => !controlled(object) || object.metadata.annotations?.[INSTANTIATE] === "manual",
};
