// Validation of pod templates and pod specs, whole (kk:pkg/apis/core/validation ValidatePodTemplateSpec, ValidatePodSpec): what
// kube-apiserver refuses is refused at the root, in its words and order, before any cluster sees it. The parts stand beside this file.
import type { FieldError } from "../kind.ts";
import type { Loose, ObjectMeta } from "../object.ts";
import { forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { isSelector, validateAnnotations, validateLabels } from "../rules/metadata.ts";
import { dns1123Label, dns1123Subdomain, inRange } from "../rules/names.ts";
import { matchesLabels, selectorFromObject } from "../rules/selector.ts";
import { validateAffinity } from "./affinity.ts";
import { validatePodAnnotations, validateProfilesMatch } from "./annotations.ts";
import { validateContainers, validateEphemeralContainers, validateInitContainers } from "./containers.ts";
import { validateFileKeyVolumes } from "./env.ts";
import {
  validateDnsConfig,
  validateDnsPolicy,
  validateHostAliases,
  validateHostname,
  validateHostPorts,
} from "./network.ts";
import { claimNamesOf, validatePodResources, validateResourceClaims, validateResources } from "./resources.ts";
import { validateReadinessGates, validateSchedulingGates, validateTolerations } from "./scheduling.ts";
import { validateHostUsers, validatePodSecurityContext } from "./securitycontext.ts";
import { validateSpread } from "./spread.ts";
import { validateVolumes } from "./volumes.ts";
import { validateHostProcess, validateOS } from "./windows.ts";

interface TemplateRules {
  /** Kind in the text about activeDeadlineSeconds; "": such pods may have a deadline. */
  kind?: string;
  allowedRestartPolicies?: readonly string[];
}

/**
 * Selector and template of a workload's spec: the one must match the other, the template may only restart as the workload allows.
 * A kind without selector (Job's is checked elsewhere) calls validateTemplate itself.
 */
export function validateTemplateFor(
  { selector: object, template = {} }: Loose,
  { kind = "ReplicaSet", allowedRestartPolicies = ["Always"] }: TemplateRules = {},
): FieldError[] {
  if (!isSelector(object)) return [invalid("spec.selector", object, "invalid label selector")];
  const field = "spec.template";
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  const selector = selectorFromObject(object);
  // No selector selects nothing, an empty one everything.
  if (selector === undefined || (selector.length > 0 && !matchesLabels(selector, labels))) {
    errors.push(invalid(`${field}.metadata.labels`, labels ?? null, "`selector` does not match template `labels`"));
  }
  errors.push(...validateTemplate(template, field));
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (!allowedRestartPolicies.includes(restartPolicy))
    errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy, allowedRestartPolicies));
  if (kind !== "" && activeDeadlineSeconds !== undefined && activeDeadlineSeconds !== null) {
    errors.push(forbidden(`${field}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}

/** A pod template at any path. Its labels and annotations stand directly under that path upstream, without "metadata". */
export function validateTemplate(template: Loose, field: string): FieldError[] {
  const { labels, annotations } = template.metadata ?? {};
  const spec = template.spec ?? {};
  return [
    ...validateLabels(labels, `${field}.labels`),
    ...validateAnnotations(annotations, `${field}.annotations`),
    ...validatePodAnnotations(annotations, spec, `${field}.annotations`),
    ...validatePodSpec(spec, `${field}.spec`),
    ...validateProfilesMatch(annotations, spec, `${field}.spec`),
    ...((spec.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${field}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template")]
      : []),
  ];
}

const RESTART = ["Always", "OnFailure", "Never"];
const PREEMPTION = ["PreemptLowerPriority", "Never"];

/** `pod`: metadata of the pod whose spec it is; absent in a template. */
export function validatePodSpec(spec: Loose, path: string, pod?: ObjectMeta): FieldError[] {
  const [volumes, errors] = validateVolumes(spec.volumes ?? [], `${path}.volumes`, {
    meta: pod,
    isPod: pod !== undefined,
  });
  const claimNames = claimNamesOf(spec);
  const around = { spec, volumes, claimNames };
  const { restartPolicy, activeDeadlineSeconds: deadline, preemptionPolicy } = spec;
  errors.push(
    ...validateResourceClaims(spec.resourceClaims ?? [], `${path}.resourceClaims`),
    ...validateContainers(around, `${path}.containers`),
    ...validateInitContainers(around, `${path}.initContainers`),
    ...validateEphemeralContainers(around, `${path}.ephemeralContainers`),
    ...validatePodResources(spec, claimNames, path),
    ...validateHostPorts(spec, pod !== undefined, path),
  );
  if (!RESTART.includes(restartPolicy)) errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, RESTART));
  errors.push(
    ...validateDnsPolicy(spec.dnsPolicy, `${path}.dnsPolicy`),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurityContext(spec, `${path}.securityContext`),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...validateDnsConfig(spec, `${path}.dnsConfig`),
    ...validateReadinessGates(spec.readinessGates ?? [], `${path}.readinessGates`),
    ...validateSchedulingGates(spec.schedulingGates ?? [], `${path}.schedulingGates`),
    ...validateSpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`),
    ...validateHostProcess(spec, path),
    ...validateHostUsers(spec, path),
    ...validateHostname(spec, path),
    ...names(spec, ["serviceAccountName", "nodeName"], dns1123Subdomain, path),
  );
  if (typeof deadline === "number" && (deadline < 1 || deadline > 2147483647))
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, inRange(1, 2147483647)));
  errors.push(
    ...names(spec, ["hostname", "subdomain"], dns1123Label, path),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...validateHostAliases(spec.hostAliases ?? [], `${path}.hostAliases`),
    ...names(spec, ["priorityClassName", "runtimeClassName"], dns1123Subdomain, path),
  );
  if (preemptionPolicy === "") errors.push(required(`${path}.preemptionPolicy`));
  else if (preemptionPolicy !== undefined && !PREEMPTION.includes(preemptionPolicy))
    errors.push(notSupported(`${path}.preemptionPolicy`, preemptionPolicy, PREEMPTION));
  return [
    ...errors,
    ...validateResources({ limits: spec.overhead }, `${path}.overhead`),
    ...validateOS(spec, path),
    ...validateFileKeyVolumes(spec, path),
  ];
}

function names(spec: Loose, fields: string[], rule: (name: string) => string[], path: string): FieldError[] {
  return fields.flatMap((name) =>
    // An empty runtime class is one, the others are none.
    spec[name] || (name === "runtimeClassName" && spec[name] === "")
      ? invalidEach(`${path}.${name}`, spec[name], rule(spec[name]))
      : [],
  );
}
