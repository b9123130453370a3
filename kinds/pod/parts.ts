// The two endpoints below a pod that change what its update may not: ephemeralcontainers adds containers for debugging, resize changes
// cpu and memory (kk:pkg/registry/core/pod podEphemeralContainersStrategy, podResizeStrategy and their validations).
import type { FieldError, Part } from "../kind.ts";
import type { KubeObject, Loose, ObjectMeta } from "../object.ts";
import { MIRROR } from "../podspec/annotations.ts";
import { isSidecar } from "../podspec/restart.ts";
import { forbidden, invalid } from "../rules/errors.ts";
import { sameJson } from "../rules/metadata.ts";
import { diffEphemeral } from "./gospec.ts";
import { qosClass } from "./qos.ts";
import { validateAnnotationUpdate } from "./update.ts";
import { validateWhole } from "./validate.ts";

/** How upstream prints the path of the object itself. */
const ROOT = "[]";

/** Everything but name, version and managedFields (metav1.ResetObjectMetaForStatus). */
const KEPT = ["generation", "labels", "annotations", "finalizers", "ownerReferences", "deletionTimestamp"] as const;

function keepMetadata(next: ObjectMeta, old: ObjectMeta): void {
  for (const field of KEPT) {
    if (old[field] === undefined) delete next[field];
    else Object.assign(next, { [field]: old[field] });
  }
}

const copy = (value: Loose): Loose => JSON.parse(JSON.stringify(value));

/** In place; undefined leaves the field out. */
function set(object: Loose, field: string, value: Loose): void {
  if (value === undefined) delete object[field];
  else object[field] = value;
}

export const ephemeralContainers: Part = {
  keep(next, old) {
    const containers = next.spec?.ephemeralContainers;
    next.spec = copy(old.spec ?? {});
    set(next.spec, "ephemeralContainers", containers);
    set(next, "status", old.status);
    keepMetadata(next.metadata, old.metadata);
  },
  validate(object, old) {
    const field = "spec.ephemeralContainers";
    if (old.metadata.annotations?.[MIRROR] !== undefined)
      return [forbidden(ROOT, "static pods do not support ephemeral containers")];
    const errors = [...validateWhole(object, old), ...validateAnnotationUpdate(object, old)];
    const now: Loose[] = object.spec.ephemeralContainers ?? [];
    for (const before of old.spec?.ephemeralContainers ?? []) {
      const name = JSON.stringify(before.name);
      const after = now.findLast((one) => one.name === before.name);
      if (after === undefined)
        errors.push(forbidden(field, `existing ephemeral containers ${name} may not be removed\n`));
      else if (!sameJson(after, before)) {
        const detail = `existing ephemeral containers ${name} may not be changed\n${diffEphemeral(before, after)}`;
        errors.push(forbidden(field, detail));
      }
    }
    return errors;
  },
};

const LISTS = ["initContainers", "containers"];

export const resize: Part = {
  keep(next, old) {
    const now: Loose = next.spec ?? {};
    const before: Loose = old.spec ?? {};
    // Added, removed or renamed containers are left for the validation to refuse.
    if (LISTS.some((list) => (now[list] ?? []).length !== (before[list] ?? []).length)) return;
    const spec = copy(before);
    for (const list of LISTS) set(spec, list, mergeResources(now[list], before[list]));
    set(spec, "resources", now.resources);
    next.spec = spec;
    set(next, "status", old.status);
    keepMetadata(next.metadata, old.metadata);
  },
  validate: validateResize,
};

function mergeResources(now: Loose[] | undefined, before: Loose[]): Loose[] | undefined {
  if (now === undefined || now.some(({ name }, index) => name !== before[index].name)) return now;
  return now.map(({ resources, resizePolicy }, index) => {
    const container = copy(before[index]);
    set(container, "resources", resources);
    set(container, "resizePolicy", resizePolicy);
    return container;
  });
}

const ONLY = "only cpu and memory resources";

function validateResize(object: KubeObject, old: KubeObject): FieldError[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbidden(ROOT, "static pods cannot be resized")];
  if (old.spec?.os?.name === "windows") return [forbidden(ROOT, "windows pods cannot be resized")];
  const { spec } = object;
  const before: Loose = old.spec ?? {};
  const errors = validateWhole(object, old);
  if ((old.status?.qosClass ?? qosClass(old)) !== qosClass(object))
    errors.push(invalid("spec", object.status?.qosClass ?? "", "Pod QOS Class may not change as a result of resizing"));
  const running = ((old.status?.containerStatuses ?? []) as Loose[]).find(({ state }) => state?.running);
  if (running !== undefined && !running.resources)
    errors.push(forbidden("spec", "Pod running on node without support for resize"));
  errors.push(...validatePodLevel(spec.resources, before.resources));
  const order = validateOrder(spec, before);
  if (order.length > 0) return [...errors, ...order];
  for (const list of LISTS) {
    for (const [index, { resources }] of ((before[list] ?? []) as Loose[]).entries())
      errors.push(...removed(spec[list][index].resources, resources, `spec.${list}[${index}].resources`));
  }
  errors.push(...validateChanges(spec, before));
  if (errors.length > 0) return errors;
  const rest = { ...spec, resources: before.resources, containers: before.containers };
  return sameJson({ ...rest, initContainers: before.initContainers }, before)
    ? []
    : [forbidden("spec", `${ONLY} are mutable`)];
}

function validatePodLevel(now: Loose, was: Loose): FieldError[] {
  const set = (one: Loose): boolean => ["requests", "limits"].some((list) => Object.keys(one?.[list] ?? {}).length > 0);
  if (!set(now) && !set(was)) return [];
  if (was && !now) return [forbidden("spec.resources", "pod-level resources cannot be removed")];
  const errors: FieldError[] = [];
  for (const list of ["requests", "limits"]) {
    if (was && lost(now[list], was[list]))
      errors.push(forbidden(`spec.resources.${list}`, `pod-level resource ${list} cannot be removed`));
  }
  if (!sameJson(withoutCompute(now), withoutCompute(was)))
    errors.push(forbidden("spec", `${ONLY} are mutable at pod-level`));
  return errors;
}

function validateOrder(spec: Loose, before: Loose): FieldError[] {
  return ["containers", "initContainers"].flatMap((list) => {
    const now: Loose[] = spec[list] ?? [];
    const was: Loose[] = before[list] ?? [];
    if (now.length !== was.length) return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
    return was.flatMap(({ name }, index) =>
      now[index].name === name
        ? []
        : [forbidden(`spec.${list}[${index}].name`, `${list} may not be renamed or reordered on resize`)],
    );
  });
}

function lost(now: Loose, was: Loose): boolean {
  return Object.keys(was ?? {}).some((name) => !(name in (now ?? {})));
}

function removed(now: Loose, was: Loose, field: string): FieldError[] {
  return ["requests", "limits"].flatMap((list) =>
    lost(now?.[list], was?.[list]) ? [forbidden(`${field}.${list}`, `resource ${list} cannot be removed`)] : [],
  );
}

function withoutCompute(resources: Loose): Loose {
  const rest = ({ cpu: _, memory: __, ...others }: Loose): Loose => others;
  // Claims are forgotten on purpose: upstream compares a copy that has none.
  return { limits: rest(resources?.limits ?? {}), requests: rest(resources?.requests ?? {}) };
}

function validateChanges(spec: Loose, before: Loose): FieldError[] {
  const errors: FieldError[] = [];
  const claims = (container: Loose): Loose => container.resources?.claims ?? [];
  /** As upstream: the new container has no claims, so one that has them can never be resized. */
  const other = (now: Loose, was: Loose): boolean =>
    claims(was).length > 0 ||
    !sameJson(
      { ...now, resources: withoutCompute(now.resources) },
      { ...was, resources: withoutCompute(was.resources) },
    );
  for (const [index, was] of ((before.containers ?? []) as Loose[]).entries())
    if (other(spec.containers[index], was)) errors.push(forbidden("spec", `${ONLY} are mutable`));
  for (const [index, was] of ((before.initContainers ?? []) as Loose[]).entries()) {
    const now = spec.initContainers[index];
    const path = `spec.initContainers[${index}]`;
    if (other(now, was)) errors.push(forbidden(path, `${ONLY} for init or sidecar containers are mutable`));
    if (isSidecar(now) || sameJson(now, was)) continue;
    const detail = "non-sidecar init containers with a resize policy of RestartContainer cannot be resized";
    for (const { restartPolicy } of now.resizePolicy ?? [])
      if (restartPolicy === "RestartContainer") errors.push(forbidden(path, detail));
  }
  return errors;
}
