// Validation of pod templates and pod specs: what clients meet in practice of kk:pkg/apis/core/validation (containers, names, ports,
// env, volumes and mounts, tolerations, policies). Security contexts, affinity and exotic volumes are left to the member clusters.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, notSupported } from "../rules/errors.ts";
import { isSelector, validateAnnotations, validateLabels } from "../rules/metadata.ts";
import { dns1123Label, dns1123Subdomain, inRange, labelValueErrors, qualifiedName } from "../rules/names.ts";
import { matchesLabels, selectorFromObject } from "../rules/selector.ts";
import { validateContainers, validateInitContainers } from "./containers.ts";
import { validateVolumes } from "./volumes.ts";

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
  return [
    ...validateLabels(template.metadata?.labels, `${field}.labels`),
    ...validateAnnotations(template.metadata?.annotations, `${field}.annotations`),
    ...validatePodSpec(template.spec ?? {}, `${field}.spec`),
    ...((template.spec?.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${field}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template")]
      : []),
  ];
}

const RESTART = ["Always", "OnFailure", "Never"];
const DNS = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

export function validatePodSpec(spec: Loose, field: string): FieldError[] {
  const { volumes, errors: volumeErrors } = validateVolumes(spec.volumes ?? [], `${field}.volumes`);
  const errors = [
    ...volumeErrors,
    ...validateContainers(spec.containers ?? [], volumes, `${field}.containers`),
    ...validateInitContainers(spec.initContainers ?? [], spec.containers ?? [], volumes, `${field}.initContainers`),
  ];
  if (!RESTART.includes(spec.restartPolicy))
    errors.push(notSupported(`${field}.restartPolicy`, spec.restartPolicy, RESTART));
  if (!DNS.includes(spec.dnsPolicy)) errors.push(notSupported(`${field}.dnsPolicy`, spec.dnsPolicy, DNS));
  errors.push(...validateLabels(spec.nodeSelector, `${field}.nodeSelector`));
  if (spec.serviceAccountName) {
    errors.push(
      ...invalidEach(`${field}.serviceAccountName`, spec.serviceAccountName, dns1123Subdomain(spec.serviceAccountName)),
    );
  }
  if (spec.nodeName) errors.push(...invalidEach(`${field}.nodeName`, spec.nodeName, dns1123Subdomain(spec.nodeName)));
  const deadline = spec.activeDeadlineSeconds;
  if (typeof deadline === "number" && (deadline < 1 || deadline > 2147483647)) {
    errors.push(invalid(`${field}.activeDeadlineSeconds`, deadline, inRange(1, 2147483647)));
  }
  for (const name of ["hostname", "subdomain"]) {
    if (spec[name]) errors.push(...invalidEach(`${field}.${name}`, spec[name], dns1123Label(spec[name])));
  }
  errors.push(...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`));
  for (const name of ["priorityClassName", "runtimeClassName"]) {
    if (spec[name]) errors.push(...invalidEach(`${field}.${name}`, spec[name], dns1123Subdomain(spec[name])));
  }
  return errors;
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function validateTolerations(tolerations: Loose[], field: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const path = `${field}[${index}]`;
    const { key = "", operator = "", value = "", effect = "", tolerationSeconds } = toleration;
    const errors: FieldError[] = key === "" ? [] : invalidEach(`${path}.key`, key, qualifiedName(key));
    if (key === "" && operator !== "Exists") {
      errors.push(
        invalid(
          `${path}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (typeof tolerationSeconds === "number" && effect !== "NoExecute") {
      errors.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    errors.push(...validateOperator(operator, value, path));
    if (effect !== "" && !EFFECTS.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, EFFECTS));
    return errors;
  });
}

function validateOperator(operator: string, value: string, path: string): FieldError[] {
  switch (operator) {
    case "":
    case "Equal": {
      const messages = labelValueErrors(value);
      return messages.length === 0 ? [] : [invalid(`${path}.operator`, value, messages.join(";"))];
    }
    case "Exists":
      return value === ""
        ? []
        : [invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")];
    case "Lt":
    case "Gt":
      // TaintTolerationComparisonOperators is alpha in 1.36.
      return [notSupported(`${path}.operator`, operator, ["Equal", "Exists", "Lt", "Gt"])];
    default:
      return [notSupported(`${path}.operator`, operator, ["Equal", "Exists"])];
  }
}
