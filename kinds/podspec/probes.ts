// Validation of probes and lifecycle handlers (kk:pkg/apis/core/validation validateProbe, validateHandler, validateLifecycle).
// `grace` is the pod's terminationGracePeriodSeconds, which no sleep may exceed.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, nonNegative, notSupported, required } from "../rules/errors.ts";
import { inRange, portName, regexMessage } from "../rules/names.ts";

export function validateProbes(container: Loose, path: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...validateProbe(livenessProbe, `${path}.livenessProbe`, true),
    ...validateProbe(readinessProbe, `${path}.readinessProbe`, false),
    ...(readinessProbe?.terminationGracePeriodSeconds !== undefined
      ? [
          invalid(
            `${path}.readinessProbe.terminationGracePeriodSeconds`,
            readinessProbe.terminationGracePeriodSeconds,
            "must not be set for readinessProbes",
          ),
        ]
      : []),
    ...validateProbe(startupProbe, `${path}.startupProbe`, true),
  ];
}

export function validateLifecycle(lifecycle: Loose, grace: number | undefined, path: string): FieldError[] {
  return ["postStart", "preStop"].flatMap((hook) =>
    lifecycle?.[hook] ? validateHandler(lifecycle[hook], HOOKS, `${path}.${hook}`, grace) : [],
  );
}

const NUMBERS = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];

function validateProbe(probe: Loose, path: string, once: boolean): FieldError[] {
  if (!probe) return [];
  const errors = [
    ...validateHandler(probe, PROBES, path),
    ...NUMBERS.flatMap((field) => nonNegative(`${path}.${field}`, probe[field])),
  ];
  if (typeof probe.terminationGracePeriodSeconds === "number" && probe.terminationGracePeriodSeconds <= 0) {
    errors.push(
      invalid(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, "must be greater than 0"),
    );
  }
  if (once && probe.successThreshold !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, "must be 1"));
  return errors;
}

const PROBES = ["exec", "httpGet", "tcpSocket", "grpc"];
const HOOKS = ["exec", "httpGet", "tcpSocket", "sleep"];

/** Exactly one of the handlers. */
function validateHandler(handler: Loose, types: readonly string[], path: string, grace?: number): FieldError[] {
  const errors: FieldError[] = [];
  let first = true;
  for (const type of types) {
    if (!handler[type]) continue;
    if (first) errors.push(...validateAction(type, handler[type], `${path}.${type}`, grace));
    else errors.push(forbidden(`${path}.${type}`, "may not specify more than 1 handler type"));
    first = false;
  }
  return first ? [required(path, "must specify a handler type")] : errors;
}

function validateAction(type: string, action: Loose, path: string, grace: number | undefined): FieldError[] {
  switch (type) {
    case "exec":
      return (action.command ?? []).length === 0 ? [required(`${path}.command`)] : [];
    case "httpGet":
      return validateHttpGet(action, path);
    case "sleep": {
      const seconds = action.seconds ?? 0;
      return grace !== undefined && (seconds < 0 || seconds > grace)
        ? [invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
        : [];
    }
    default:
      return portNumberOrName(`${path}.port`, action.port);
  }
}

function validateHttpGet({ path, port, scheme, httpHeaders = [] }: Loose, field: string): FieldError[] {
  const errors: FieldError[] = path ? [] : [required(`${field}.path`)];
  errors.push(...portNumberOrName(`${field}.port`, port));
  if (scheme !== "HTTP" && scheme !== "HTTPS")
    errors.push(notSupported(`${field}.scheme`, scheme ?? "", ["HTTP", "HTTPS"]));
  for (const { name = "" } of httpHeaders) {
    if (/^[-A-Za-z0-9]+$/.test(name)) continue;
    const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
    errors.push(invalid(`${field}.httpHeaders`, name, regexMessage(rule, "[-A-Za-z0-9]+", "X-Header-Name")));
  }
  return errors;
}

export function portNumberOrName(field: string, port: number | string | undefined): FieldError[] {
  if (typeof port === "string") return invalidEach(field, port, portName(port));
  const number = port ?? 0;
  return number >= 1 && number <= 65535 ? [] : [invalid(field, number, inRange(1, 65535))];
}
