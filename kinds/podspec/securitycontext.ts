// Validation of the security contexts of pods and containers (kk:pkg/apis/core/validation validatePodSpecSecurityContext,
// ValidateSecurityContext). Privileged containers are allowed, as clusters do that run any network plugin (--allow-privileged).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, notSupported, required, tooManyBytes } from "../rules/errors.ts";
import { byteLength, inRange } from "../rules/names.ts";
import { descending } from "./paths.ts";
import { validateWindowsOptions } from "./windows.ts";

const MAX_ID = 2147483647;

function validateId(field: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= MAX_ID) ? [] : [invalid(field, id, inRange(0, MAX_ID))];
}

/** Of a whole pod; part of it lies in the spec itself. */
export function validatePodSecurityContext(spec: Loose, field: string): FieldError[] {
  const context = spec.securityContext ?? {};
  const { fsGroupChangePolicy, supplementalGroupsPolicy, seLinuxChangePolicy } = context;
  const errors: FieldError[] = [
    ...validateId(`${field}.fsGroup`, context.fsGroup),
    ...validateId(`${field}.runAsUser`, context.runAsUser),
    ...validateId(`${field}.runAsGroup`, context.runAsGroup),
    ...((context.supplementalGroups ?? []) as number[]).flatMap((id, index) =>
      validateId(`${field}.supplementalGroups[${index}]`, id),
    ),
  ];
  if (spec.shareProcessNamespace === true && spec.hostPID) {
    const detail = "ShareProcessNamespace and HostPID cannot both be enabled";
    errors.push(invalid(`${field}.shareProcessNamespace`, true, detail));
  }
  errors.push(
    ...validateSysctls(spec, `${field}.sysctls`),
    ...oneOf(`${field}.fsGroupChangePolicy`, fsGroupChangePolicy, ["Always", "OnRootMismatch"]),
    ...validateSeccomp(context.seccompProfile, `${field}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${field}.appArmorProfile`),
    ...oneOf(`${field}.supplementalGroupsPolicy`, supplementalGroupsPolicy, ["Merge", "Strict"]),
    // MountOption comes with SELinuxMount, which is off in 1.36.
    ...oneOf(`${field}.seLinuxChangePolicy`, seLinuxChangePolicy, ["Recursive"]),
  );
  return errors;
}

function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

/** Of one container. `hostUsers`: it shares the node's user namespace. */
export function validateSecurityContext(context: Loose, hostUsers: boolean, field: string): FieldError[] {
  if (!context) return [];
  const { privileged, procMount, allowPrivilegeEscalation, capabilities } = context;
  const errors = [
    ...validateId(`${field}.runAsUser`, context.runAsUser),
    ...validateId(`${field}.runAsGroup`, context.runAsGroup),
    ...oneOf(`${field}.procMount`, procMount, ["Default", "Unmasked"]),
  ];
  if (hostUsers && procMount === "Unmasked")
    errors.push(invalid(`${field}.procMount`, procMount, "`hostUsers` must be false to use `Unmasked`"));
  errors.push(...validateSeccomp(context.seccompProfile, `${field}.seccompProfile`));
  if (allowPrivilegeEscalation === false) {
    const cannot = "cannot set `allowPrivilegeEscalation` to false and";
    if (privileged === true) errors.push(invalid(field, printed(context), `${cannot} \`privileged\` to true`));
    for (const capability of capabilities?.add ?? []) {
      if (capability === "CAP_SYS_ADMIN")
        errors.push(invalid(field, printed(context), `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`));
    }
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${field}.appArmorProfile`),
  ];
}

/** Upstream prints its internal struct: Go's names in its order, null for what is not there. */
function printed(context: Loose): object {
  const { capabilities, seLinuxOptions: selinux, windowsOptions: windows } = context;
  const profile = (one: Loose): object | null =>
    one ? { Type: one.type ?? "", LocalhostProfile: one.localhostProfile ?? null } : null;
  return {
    Capabilities: capabilities ? { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null } : null,
    Privileged: context.privileged ?? null,
    SELinuxOptions: selinux
      ? { User: selinux.user ?? "", Role: selinux.role ?? "", Type: selinux.type ?? "", Level: selinux.level ?? "" }
      : null,
    WindowsOptions: windows
      ? {
          GMSACredentialSpecName: windows.gmsaCredentialSpecName ?? null,
          GMSACredentialSpec: windows.gmsaCredentialSpec ?? null,
          RunAsUserName: windows.runAsUserName ?? null,
          HostProcess: windows.hostProcess ?? null,
        }
      : null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: profile(context.seccompProfile),
    AppArmorProfile: profile(context.appArmorProfile),
  };
}

const PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"];

function validateSeccomp(profile: Loose, field: string): FieldError[] {
  if (!profile) return [];
  const { type = "", localhostProfile: file } = profile;
  const errors: FieldError[] = [];
  if (type === "") errors.push(required(`${field}.type`, "type is required when seccompProfile is set"));
  else errors.push(...oneOf(`${field}.type`, type, PROFILES));
  if (type !== "Localhost") {
    const whole = { Type: type, LocalhostProfile: file };
    const detail = "can only be set when seccomp type is Localhost";
    // Not sorted as a map of strings would be.
    if (file !== undefined)
      errors.push({
        reason: "FieldValueInvalid",
        field: `${field}.localhostProfile`,
        message: `Invalid value: ${JSON.stringify(whole)}: ${detail}`,
      });
    return errors;
  }
  return file === undefined
    ? [...errors, required(`${field}.localhostProfile`, "must be set when seccomp type is Localhost")]
    : [...errors, ...descending(`${field}.localhostProfile`, file)];
}

/** PATH_MAX - 1. */
const MAX_PROFILE_BYTES = 4095;

export function validateAppArmor(profile: Loose, path: string): FieldError[] {
  if (!profile) return [];
  const { type = "", localhostProfile: name } = profile;
  const field = `${path}.localhostProfile`;
  if (type === "") return [required(`${path}.type`, "type is required when appArmorProfile is set")];
  if (!PROFILES.includes(type)) return [notSupported(`${path}.type`, type, PROFILES)];
  if (type !== "Localhost") {
    return name === undefined ? [] : [invalid(field, name, "can only be set when AppArmor type is Localhost")];
  }
  const missing = "must be set when AppArmor type is Localhost";
  if (name === undefined) return [required(field, missing)];
  const errors: FieldError[] = [];
  if (name.trim() !== name) errors.push(invalid(field, name, "must not be padded with whitespace"));
  else if (name === "") errors.push(required(field, missing));
  return byteLength(name) > MAX_PROFILE_BYTES ? [...errors, tooManyBytes(field, MAX_PROFILE_BYTES)] : errors;
}

const SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SYSCTL = `^(${SEGMENT}[\\./])*${SEGMENT}$`;
const IPC = new Set([
  "kernel.sem",
  ...["shm", "shmall", "shmmax", "shmmni", "shm_rmid_forced", "msg", "msgmax", "msgmnb", "msgmni"].map(
    (name) => `kernel.${name}`,
  ),
]);

function validateSysctls(spec: Loose, field: string): FieldError[] {
  const seen = new Set<string>();
  return ((spec.securityContext?.sysctls ?? []) as Loose[]).flatMap(({ name = "" }, index) => {
    const path = `${field}[${index}].name`;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(path));
    else if (byteLength(name) > 253 || !new RegExp(SYSCTL).test(name))
      errors.push(invalid(path, name, `must have at most 253 characters and match regex ${SYSCTL}`));
    else if (seen.has(name)) errors.push(duplicate(path, name));
    seen.add(name);
    const space = namespaceOf(name);
    if (spec.hostNetwork && space === "net")
      errors.push(invalid(path, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && space === "ipc")
      errors.push(invalid(path, name, "may not be specified when 'hostIPC' is true"));
    return errors;
  });
}

/** Of which kernel namespace a sysctl is. With slashes for dots when a slash comes first (sysctl.d(5)). */
function namespaceOf(text: string): "net" | "ipc" | undefined {
  const separator = /[./]/.exec(text)?.[0];
  const dotted = separator === "/" ? text.replace(/[./]/g, (one) => (one === "/" ? "." : "/")) : text;
  const name = dotted.split("*")[0] ?? "";
  if (IPC.has(name) || name.startsWith("fs.mqueue.")) return "ipc";
  return name.startsWith("net.") ? "net" : undefined;
}

/** Own user namespaces go with no namespace of the host (validateHostUsers). */
export function validateHostUsers(spec: Loose, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const errors: FieldError[] = [];
  const detail = "when `hostUsers` is false";
  // Two of the paths are spelled as upstream spells them.
  if (spec.hostNetwork) errors.push(forbidden(`${path}.hostNetwork`, detail));
  if (spec.hostPID) errors.push(forbidden(`${path}.HostPID`, detail));
  if (spec.hostIPC) errors.push(forbidden(`${path}.HostIPC`, detail));
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const [index, container] of ((spec[list] ?? []) as Loose[]).entries()) {
      if ((container.volumeDevices ?? []).length > 0)
        errors.push(forbidden(`${path}.${list}[${index}].volumeDevices`, detail));
    }
  }
  return errors;
}
