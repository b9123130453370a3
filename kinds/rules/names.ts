// The rules for names, label keys and label values (apimachinery pkg/util/validation, pkg/api/validate/content), each answering
// with the list of what is wrong in kube-apiserver's words, empty when nothing is. Texts are part of the API: clients show them.
import { strictIP } from "./ip.ts";

const LABEL_1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL_1123}(\\.${LABEL_1123})*`;
const LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const label1123 = new RegExp(`^${LABEL_1123}$`);
const subdomain = new RegExp(`^${SUBDOMAIN}$`);
const wildcard = new RegExp(`^\\*\\.${SUBDOMAIN}$`);
const label1035 = new RegExp(`^${LABEL_1035}$`);
const qualified = new RegExp(`^${QUALIFIED}$`);
const labelValue = new RegExp(`^(${QUALIFIED})?$`);
const configKey = /^[-._a-zA-Z0-9]+$/;
const portCharacters = /^[-a-z0-9]+$/;

function tooLong(length: number): string {
  return `must be no more than ${length} characters`;
}

/** Label keys and values say it in bytes (apimachinery pkg/api/validate/content). */
function tooManyBytes(length: number): string {
  return `must be no more than ${length} bytes`;
}

/** validation.RegexError: what must hold, examples, and the expression itself. */
export function regexMessage(message: string, regex: string, ...examples: string[]): string {
  const list = examples.map((example) => `'${example}', `).join(" or ");
  return examples.length === 0
    ? `${message} (regex used for validation is '${regex}')`
    : `${message} (e.g. ${list}regex used for validation is '${regex}')`;
}

export function inRange(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

/** Go's len() of a string: bytes of its UTF-8 form. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7ff) bytes += code >= 0xd800 && code <= 0xdfff ? 1 : 2;
    else if (code > 0x7f) bytes += 1;
  }
  return bytes;
}

export function dns1123Label(name: string): string[] {
  const errors = byteLength(name) > 63 ? [tooLong(63)] : [];
  if (!label1123.test(name)) {
    errors.push(
      subdomain.test(name)
        ? "must not contain dots"
        : regexMessage(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            LABEL_1123,
            "my-name",
            "123-abc",
          ),
    );
  }
  return errors;
}

/** Said with the creation of what names pods: allowed, but no label (WarningsOnCreate of Deployment, ReplicaSet, Job, CronJob). */
export const podNameWarnings = (name: string): string[] => nameWarnings(name, "Pod names and hostnames");

/** The same of a pod itself. */
export const hostNameWarnings = (name: string): string[] => nameWarnings(name, "the Pod's hostname");

function nameWarnings(name: string, where: string): string[] {
  const errors = dns1123Label(name);
  const advice = `this is used in ${where}, which can result in surprising behavior; a DNS label is recommended`;
  return errors.length === 0 ? [] : [`metadata.name: ${advice}: [${errors.join(" ")}]`];
}

export function dns1123Subdomain(name: string): string[] {
  const errors = byteLength(name) > 253 ? [tooLong(253)] : [];
  if (!subdomain.test(name)) {
    errors.push(
      regexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        SUBDOMAIN,
        "example.com",
      ),
    );
  }
  return errors;
}

/** A host of an Ingress with "*" in it. */
export function wildcardSubdomain(name: string): string[] {
  const errors = byteLength(name) > 253 ? [tooLong(253)] : [];
  if (!wildcard.test(name)) {
    errors.push(
      regexMessage(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        `\\*\\.${SUBDOMAIN}`,
        "*.example.com",
      ),
    );
  }
  return errors;
}

function dns1035Label(name: string): string[] {
  const errors = byteLength(name) > 63 ? [tooLong(63)] : [];
  if (!label1035.test(name)) {
    errors.push(
      regexMessage(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        LABEL_1035,
        "my-name",
        "abc-123",
      ),
    );
  }
  return errors;
}

/** Names that need only be one path segment (RBAC). */
export function pathSegment(name: string, prefix = false): string[] {
  if (!prefix && (name === "." || name === "..")) return [`may not be '${name}'`];
  return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** Label and annotation keys, finalizers: an optional DNS subdomain and "/" before a name. */
export function qualifiedName(key: string): string[] {
  const errors: string[] = [];
  const parts = key.split("/");
  let name = parts[0] ?? "";
  if (parts.length === 2) {
    const prefix = parts[0] ?? "";
    name = parts[1] ?? "";
    if (prefix === "") errors.push("prefix part must be non-empty");
    else errors.push(...dns1123Subdomain(prefix).map((message) => `prefix part ${message}`));
  } else if (parts.length > 2) {
    return [
      `a valid label key ${regexMessage("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", QUALIFIED, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === "") errors.push("name part must be non-empty");
  else if (byteLength(name) > 63) errors.push(`name part ${tooManyBytes(63)}`);
  if (!qualified.test(name)) {
    errors.push(
      `name part ${regexMessage("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", QUALIFIED, "MyName", "my.name", "123-abc")}`,
    );
  }
  return errors;
}

export function labelValueErrors(value: string): string[] {
  const errors = byteLength(value) > 63 ? [tooManyBytes(63)] : [];
  if (!labelValue.test(value)) {
    errors.push(
      regexMessage(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        `(${QUALIFIED})?`,
        "MyValue",
        "my_value",
        "12345",
      ),
    );
  }
  return errors;
}

/** Keys of ConfigMap and Secret data. */
export function configMapKey(key: string): string[] {
  const errors = byteLength(key) > 253 ? [tooLong(253)] : [];
  if (!configKey.test(key)) {
    errors.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        "[-._a-zA-Z0-9]+",
        "key.name",
        "KEY_NAME",
        "key-name",
      ),
    );
  }
  if (key === "." || key === "..") errors.push(`must not be '${key}'`);
  else if (key.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

/** Environment variables as 1.36 takes them (RelaxedEnvironmentVariableValidation): printable ASCII without "=". */
export function envVarName(name: string): string[] {
  if (name === "") return ["environment variable name must be non-empty"];
  return /^[ -<>-~]+$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function portName(name: string): string[] {
  const errors: string[] = [];
  if (byteLength(name) > 15) errors.push(tooLong(15));
  if (!portCharacters.test(name)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) errors.push("must contain at least one letter (a-z)");
  if (name.includes("--")) errors.push("must not contain consecutive hyphens");
  if (name.startsWith("-") || name.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

/** Finalizers of a built-in kind: a standard one, or with a domain (kk:pkg/apis/core/validation validateKubeFinalizerName). */
export function kubeFinalizer(name: string): string[] {
  return name.includes("/") || name === "kubernetes" || name === "orphan" || name === "foregroundDeletion"
    ? []
    : ["name is neither a standard finalizer name nor is it fully qualified"];
}

export type NameRule = "subdomain" | "label" | "dns1035" | "path" | "ip";

/** metadata.name (or, with `prefix`, generateName, whose last dash will be followed by random letters). */
export function objectName(rule: NameRule, name: string, prefix = false): string[] {
  const masked = prefix && name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name;
  switch (rule) {
    case "subdomain":
      return dns1123Subdomain(masked);
    case "label":
      return dns1123Label(masked);
    case "dns1035":
      return dns1035Label(masked);
    case "path":
      return pathSegment(name, prefix);
    case "ip":
      return strictIP(name);
  }
}
