// Annotations that mean something to pods (kk:pkg/apis/core/validation ValidatePodSpecificAnnotations): the deprecated forms of seccomp and
// AppArmor profiles, which must not contradict the fields, the cost of a deletion, and the mirror of a static pod.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid } from "../rules/errors.ts";
import { descending } from "./paths.ts";
import { eachContainer } from "./visit.ts";

export const MIRROR = "kubernetes.io/config.mirror";
export const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
export const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
export const SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/** Annotations that init containers were written in long ago; nothing reads them (kk:pkg/apis/core/v1 dropInitContainerAnnotations). */
const OLD = ["init-containers", "init-container-statuses"].flatMap((name) =>
  ["alpha", "beta"].map((stage) => `pod.${stage}.kubernetes.io/${name}`),
);

/** In place. */
export function dropOldAnnotations(metadata: { annotations?: Record<string, string> }): void {
  const { annotations } = metadata;
  if (!annotations || !OLD.some((key) => key in annotations)) return;
  for (const key of OLD) delete annotations[key];
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
}

/** The field that says what a deprecated AppArmor annotation said; undefined: none can. */
export function appArmorProfileOf(annotation: string): Loose {
  if (annotation === "unconfined") return { type: "Unconfined" };
  if (annotation === "runtime/default") return { type: "RuntimeDefault" };
  const name = annotation.startsWith("localhost/") ? annotation.slice("localhost/".length) : "";
  return name === "" ? undefined : { type: "Localhost", localhostProfile: name };
}

/** Said where the annotation alone says it; `prefix` is the path of what has metadata, with its dot. */
export function appArmorWarning(prefix: string, key: string): string {
  return `${prefix}metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`;
}

type Annotations = Record<string, string> | undefined;

export function validatePodAnnotations(annotations: Annotations, spec: Loose, field: string): FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && !spec.nodeName)
    errors.push(invalid(`${field}[${MIRROR}]`, mirror, "must set spec.nodeName if mirror pod annotation is set"));
  const cost = annotations[DELETION_COST];
  if (cost !== undefined && !isCost(cost))
    errors.push(invalid(`${field}[${DELETION_COST}]`, cost, "must be a 32bit integer"));
  const keys = Object.keys(annotations).sort();
  for (const key of [
    ...keys.filter((one) => one === SECCOMP_POD),
    ...keys.filter((one) => one.startsWith(SECCOMP_CONTAINER)),
  ])
    errors.push(...seccompErrors(annotations[key] ?? "", `${field}.${key}`));
  for (const key of keys.filter((one) => one.startsWith(APPARMOR))) {
    const name = key.slice(APPARMOR.length);
    const profile = annotations[key] ?? "";
    let found = false;
    eachContainer(spec, "spec", (container) => (found ||= (container.name ?? "") === name));
    if (!found) errors.push(invalid(`${field}[${key}]`, name, "container not found"));
    if (!/^($|runtime\/default$|unconfined$|localhost\/)/.test(profile)) {
      const detail = `invalid AppArmor profile name: ${JSON.stringify(profile)}`;
      errors.push(invalid(`${field}[${key}]`, profile, detail));
    }
  }
  return errors;
}

/** A decimal of 32 bits without plus sign or leading zeros. */
function isCost(text: string): boolean {
  return /^(0|-?[1-9][0-9]*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

function seccompErrors(profile: string, field: string): FieldError[] {
  if (profile === "runtime/default" || profile === "docker/default" || profile === "unconfined") return [];
  return profile.startsWith("localhost/")
    ? descending(field, profile.slice("localhost/".length))
    : [invalid(field, profile, "must be a valid seccomp profile")];
}

/** Fields and annotations that say the same thing must say it alike, at creation. */
export function validateProfilesMatch(annotations: Annotations, spec: Loose, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const compare = (what: string, annotation: string | undefined, profile: Loose, field: string, defaults: string[]) => {
    if (annotation === undefined || !profile) return;
    const differs = forbidden(`${field}.type`, `${what} type in annotation and field must match`);
    if (profile.type === "Unconfined" && annotation !== "unconfined") errors.push(differs);
    if (profile.type === "RuntimeDefault" && !defaults.includes(annotation)) errors.push(differs);
    if (profile.type !== "Localhost") return;
    if (!annotation.startsWith("localhost/")) errors.push(differs);
    else if (annotation.slice("localhost/".length) !== profile.localhostProfile)
      errors.push(forbidden(`${field}.localhostProfile`, `${what} profile in annotation and field must match`));
  };
  const pod = spec.securityContext;
  const runtime = ["runtime/default", "docker/default"];
  compare(
    "seccomp",
    annotations?.[SECCOMP_POD],
    pod?.seccompProfile,
    `${path}.securityContext.seccompProfile`,
    runtime,
  );
  eachContainer(spec, path, ({ name = "", securityContext: own }, field) => {
    const at = `${field}.securityContext.seccompProfile`;
    compare("seccomp", annotations?.[SECCOMP_CONTAINER + name], own?.seccompProfile, at, runtime);
  });
  if (spec.os?.name === "windows") return errors;
  eachContainer(spec, path, ({ name = "", securityContext: own }, field) => {
    const profile = own?.appArmorProfile ?? pod?.appArmorProfile;
    const at = `${field}.securityContext.appArmorProfile`;
    compare("apparmor", annotations?.[APPARMOR + name], profile, at, ["runtime/default"]);
  });
  return errors;
}
