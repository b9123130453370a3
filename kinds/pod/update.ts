// Which changes of a pod are allowed: very few, more while gates hold it back from scheduling (kk:pkg/apis/core/validation
// ValidatePodUpdate). What else changed is shown as a diff, as kube-apiserver shows it.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { APPARMOR, MIRROR, validatePodAnnotations } from "../podspec/annotations.ts";
import { imageSpaces } from "../podspec/containers.ts";
import { validateTolerations } from "../podspec/scheduling.ts";
import { forbidden, invalid, required } from "../rules/errors.ts";
import { sameJson } from "../rules/metadata.ts";
import { inRange } from "../rules/names.ts";
import { diffPodSpecs } from "./gospec.ts";

const MUTABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const { spec } = object;
  const before: Loose = old.spec ?? {};
  const errors = validateAnnotationUpdate(object, old);
  for (const list of ["containers", "initContainers"]) {
    const now: Loose[] = spec[list] ?? [];
    if (now.length !== (before[list] ?? []).length)
      return [...errors, forbidden(`spec.${list}`, "pod updates may not add or remove containers")];
    for (const [index, container] of now.entries()) {
      const path = `spec.${list}[${index}]`;
      if (!container.image) errors.push(required(`${path}.image`));
      errors.push(...imageSpaces(container, path));
    }
  }
  const deadline = validateDeadline(spec.activeDeadlineSeconds, before.activeDeadlineSeconds);
  errors.push(...deadline.errors);
  if (deadline.stop) return errors;
  errors.push(
    ...validateTolerationUpdate(spec.tolerations ?? [], before.tolerations ?? []),
    ...validateGateUpdate(spec.schedulingGates ?? [], before.schedulingGates ?? []),
  );
  const rest = withAllowedFrom(spec, before);
  if ((before.schedulingGates ?? []).length > 0) errors.push(...validateGated(rest, before));
  if (!sameJson(rest, before)) errors.push(forbidden("spec", `${MUTABLE}\n${diffPodSpecs(before, rest)}`));
  return errors;
}

export function validateAnnotationUpdate({ metadata, spec }: KubeObject, old: KubeObject): FieldError[] {
  const field = "metadata.annotations";
  const now = metadata.annotations ?? {};
  const was = old.metadata.annotations ?? {};
  const errors: FieldError[] = [];
  for (const key of Object.keys(was).sort()) {
    if (now[key] === was[key]) continue;
    if (key.startsWith(APPARMOR))
      errors.push(forbidden(`${field}[${key}]`, "may not remove or update AppArmor annotations"));
    if (key === MIRROR) errors.push(forbidden(`${field}[${key}]`, "may not remove or update mirror pod annotation"));
  }
  for (const key of Object.keys(now).sort()) {
    if (key in was) continue;
    if (key.startsWith(APPARMOR)) errors.push(forbidden(`${field}[${key}]`, "may not add AppArmor annotations"));
    if (key === MIRROR) errors.push(forbidden(`${field}[${key}]`, "may not add mirror pod annotation"));
  }
  return [...errors, ...validatePodAnnotations(metadata.annotations, spec, field)];
}

function validateDeadline(now: number | undefined, was: number | undefined): { errors: FieldError[]; stop: boolean } {
  const field = "spec.activeDeadlineSeconds";
  if (now === undefined) {
    const detail = "must not update from a positive integer to nil value";
    return { errors: was === undefined ? [] : [invalid(field, null, detail)], stop: false };
  }
  if (now < 0 || now > 2147483647) return { errors: [invalid(field, now, inRange(0, 2147483647))], stop: true };
  const later = was !== undefined && was < now;
  return { errors: later ? [invalid(field, now, "must be less than or equal to previous value")] : [], stop: later };
}

function validateTolerationUpdate(now: Loose[], was: Loose[]): FieldError[] {
  const field = "spec.tolerations";
  const kept = ({ tolerationSeconds: _, ...rest }: Loose): Loose => rest;
  for (const one of was) {
    if (!now.some((other) => sameJson(kept(other), kept(one))))
      return [forbidden(field, "existing toleration can not be modified except its tolerationSeconds")];
  }
  return validateTolerations(now, field);
}

function validateGateUpdate(now: Loose[], was: Loose[]): FieldError[] {
  const known = new Set(was.map(({ name }) => name));
  return now.flatMap(({ name }, index) =>
    known.has(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** The new spec with the old one's values where a change is allowed. */
function withAllowedFrom(spec: Loose, before: Loose): Loose {
  const rest = { ...spec };
  for (const list of ["containers", "initContainers"]) {
    if (spec[list] !== undefined)
      rest[list] = spec[list].map((one: Loose, index: number) => ({ ...one, image: before[list]?.[index]?.image }));
  }
  for (const field of ["activeDeadlineSeconds", "schedulingGates", "tolerations"]) {
    if (before[field] === undefined) delete rest[field];
    else rest[field] = before[field];
  }
  // What was never stored before pods had it, or names a node once: the scheduler binds through its own endpoint.
  if (before.terminationGracePeriodSeconds < 0 && spec.terminationGracePeriodSeconds === 1)
    rest.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds;
  return rest;
}

/** Where a gated pod may run can still be narrowed; `rest` takes the old values then. */
function validateGated(rest: Loose, before: Loose): FieldError[] {
  const errors: FieldError[] = [];
  const selector = rest.nodeSelector ?? {};
  if (!sameJson(selector, before.nodeSelector)) {
    const kept = Object.entries(before.nodeSelector ?? {}).every(([key, value]) => selector[key] === value);
    const detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
    if (!kept) errors.push(invalid("spec.nodeSelector", rest.nodeSelector ?? null, detail));
    if (before.nodeSelector === undefined) delete rest.nodeSelector;
    else rest.nodeSelector = before.nodeSelector;
  }
  const now = rest.affinity?.nodeAffinity;
  const was = before.affinity?.nodeAffinity;
  if (sameJson(now, was)) return errors;
  errors.push(...validateNarrowing(now, was));
  const { nodeAffinity: _, ...others } = rest.affinity ?? {};
  const affinity = was === undefined ? others : { ...others, nodeAffinity: was };
  if (before.affinity === undefined && Object.keys(affinity).length === 0) delete rest.affinity;
  else rest.affinity = affinity;
  return errors;
}

/** Required terms may gain requirements at their ends, nothing else. */
function validateNarrowing(now: Loose, was: Loose): FieldError[] {
  const field = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
  const terms = (affinity: Loose): Loose[] =>
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const [newTerms, oldTerms] = [terms(now), terms(was)];
  if (oldTerms.length === 0) return [];
  if (newTerms.length !== oldTerms.length) {
    const detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
    return [invalid(field, newTerms.length === 0 ? null : newTerms.map(goTerm), detail)];
  }
  return oldTerms.flatMap((term, index) =>
    onlyAdds(newTerms[index], term)
      ? []
      : [
          invalid(
            `${field}[${index}]`,
            goTerm(newTerms[index]),
            "only additions are allowed (no mutations or deletions)",
          ),
        ],
  );
}

function onlyAdds(now: Loose, was: Loose): boolean {
  const lists = ["matchExpressions", "matchFields"];
  const empty = (term: Loose): boolean => lists.every((list) => (term[list] ?? []).length === 0);
  if (empty(was)) return empty(now);
  return lists.every((list) => sameJson((now[list] ?? []).slice(0, (was[list] ?? []).length), was[list] ?? []));
}

/** A NodeSelectorTerm as upstream's internal type prints it. */
function goTerm(term: Loose): Loose {
  const list = (requirements: Loose[] | undefined): Loose =>
    requirements?.map(({ key, operator, values }) => ({ Key: key, Operator: operator, Values: values ?? null })) ??
    null;
  return { MatchExpressions: list(term.matchExpressions), MatchFields: list(term.matchFields) };
}
