// Validation of what Windows pods may and Linux pods may not have, and the other way round (kk:pkg/apis/core/validation
// validateWindowsSecurityContextOptions, validateWindowsHostProcessPod, validateOS, validateWindows, validateLinux).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { byteLength, dns1123Subdomain } from "../rules/names.ts";
import { eachContainer } from "./visit.ts";

const MAX_SPEC_KIB = 64;

export function validateWindowsOptions(options: Loose, path: string): FieldError[] {
  if (!options) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (name !== undefined) errors.push(...invalidEach(`${path}.gmsaCredentialSpecName`, name, dns1123Subdomain(name)));
  if (spec !== undefined) {
    const field = `${path}.gmsaCredentialSpec`;
    if (spec === "") errors.push(invalid(field, spec, "gmsaCredentialSpec cannot be an empty string"));
    else if (byteLength(spec) > MAX_SPEC_KIB * 1024)
      errors.push(invalid(field, spec, `gmsaCredentialSpec size must be under ${MAX_SPEC_KIB} KiB`));
  }
  if (user !== undefined) {
    for (const text of userNameErrors(user)) {
      const error = invalid(`${path}.runAsUserName`, user, `runAsUserName${text}`);
      // A pointer in Go, which is why the value is printed as JSON that is safe in HTML.
      const html = JSON.stringify(user).replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
      errors.push({ ...error, message: error.message.replace(JSON.stringify(user), () => html) });
    }
  }
  return errors;
}

const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const DNS_NAME = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);

/** "DOMAIN\user" or "user". */
function userNameErrors(text: string): string[] {
  if (text === "") return [" cannot be an empty string"];
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return [" cannot contain control characters"];
  const parts = text.split("\\");
  if (parts.length > 2) return [" cannot contain more than one backslash"];
  const domain = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const user = parts.at(-1) ?? "";
  const errors: string[] = [];
  if (domain !== undefined && byteLength(domain) >= 256) errors.push("'s Domain length must be under 256 characters");
  if (domain !== undefined && !NETBIOS.test(domain) && !DNS_NAME.test(domain))
    errors.push("'s Domain doesn't match the NetBios nor the DNS format");
  if (user === "") errors.push("'s User cannot be empty");
  else if (byteLength(user) > 104) errors.push("'s User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) errors.push("'s User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    errors.push(`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return errors;
}

/** All containers are host processes or none is, and those need the host's network. */
export function validateHostProcess(spec: Loose, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const pod: boolean | undefined = spec.securityContext?.windowsOptions?.hostProcess;
  let all = 0;
  let inHost = 0;
  eachContainer(spec, path, (container, field) => {
    all++;
    const own: boolean | undefined = container.securityContext?.windowsOptions?.hostProcess;
    if (pod !== undefined && own !== undefined && pod !== own) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${pod}`;
      errors.push(invalid(`${field}.securityContext.windowsOptions.hostProcess`, own, detail));
    }
    if (own ?? pod) inHost++;
  });
  if (inHost === 0) return errors;
  if (inHost !== all) {
    const detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
    errors.push(invalid(path, "", detail));
  }
  if (!spec.hostNetwork) {
    const detail = "hostNetwork must be true if pod contains any hostProcess containers";
    errors.push(invalid(`${path}.hostNetwork`, false, detail));
  }
  return errors;
}

/** Fields of the spec and of its securityContext, in upstream's order. */
const POD_LINUX = [
  "securityContext.appArmorProfile",
  "securityContext.seLinuxOptions",
  "hostUsers",
  "hostPID",
  "hostIPC",
  "securityContext.seccompProfile",
  "securityContext.fsGroup",
  "securityContext.fsGroupChangePolicy",
  "securityContext.sysctls",
  "shareProcessNamespace",
  "securityContext.runAsUser",
  "securityContext.runAsGroup",
  "securityContext.supplementalGroups",
  "securityContext.supplementalGroupsPolicy",
  "securityContext.seLinuxChangePolicy",
];
const CONTAINER_LINUX = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup",
];

/** spec.os, and what does not go with it. */
export function validateOS(spec: Loose, path: string): FieldError[] {
  if (!spec.os) return [];
  const name = spec.os.name ?? "";
  if (name === "") return [required(`${path}.os.name`)];
  if (name === "windows") return validateWindows(spec, path);
  return name === "linux" ? validateLinux(spec, path) : [notSupported(`${path}.os`, name, ["linux", "windows"])];
}

function validateLinux(spec: Loose, path: string): FieldError[] {
  const detail = "windows options cannot be set for a linux pod";
  const errors: FieldError[] = spec.securityContext?.windowsOptions
    ? [forbidden(`${path}.securityContext.windowsOptions`, detail)]
    : [];
  eachContainer(spec, path, (container, field) => {
    if (container.securityContext?.windowsOptions)
      errors.push(forbidden(`${field}.securityContext.windowsOptions`, detail));
  });
  return errors;
}

function validateWindows(spec: Loose, path: string): FieldError[] {
  const detail = "cannot be set for a windows pod";
  const errors: FieldError[] = [];
  for (const name of POD_LINUX) {
    const value = name.split(".").reduce((one, part) => one?.[part], spec);
    // false is nothing for the plain booleans, something for the others.
    const absent = value === undefined || value === null || (/PID|IPC/.test(name) && value === false);
    if (!absent) errors.push(forbidden(`${path}.${name}`, detail));
  }
  eachContainer(spec, path, (container, field) => {
    for (const name of CONTAINER_LINUX) {
      const value = container.securityContext?.[name];
      if (value !== undefined && value !== null) errors.push(forbidden(`${field}.securityContext.${name}`, detail));
    }
  });
  return errors;
}
