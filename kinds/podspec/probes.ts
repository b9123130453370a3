// Validation of probes and lifecycle handlers (kk:pkg/apis/core/validation validateProbe, validateHandler).
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

const NUMBERS = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];

function validateProbe(probe: Loose, path: string, once: boolean): FieldError[] {
  if (!probe) return [];
  const errors = [
    ...validateHandler(probe, path),
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

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/** Exactly one of the handlers. */
export function validateHandler(handler: Loose, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let first = true;
  for (const type of HANDLERS) {
    if (!handler[type]) continue;
    if (first) errors.push(...validateAction(type, handler[type], `${path}.${type}`));
    else errors.push(forbidden(`${path}.${type}`, "may not specify more than 1 handler type"));
    first = false;
  }
  return first ? [required(path, "must specify a handler type")] : errors;
}

function validateAction(type: string, action: Loose, path: string): FieldError[] {
  switch (type) {
    case "exec":
      return (action.command ?? []).length === 0 ? [required(`${path}.command`)] : [];
    case "httpGet":
      return [
        ...portNumberOrName(`${path}.port`, action.port),
        ...(action.scheme === "HTTP" || action.scheme === "HTTPS"
          ? []
          : [notSupported(`${path}.scheme`, action.scheme, ["HTTP", "HTTPS"])]),
        ...((action.httpHeaders ?? []) as Loose[]).flatMap(({ name = "" }) =>
          /^[-A-Za-z0-9]+$/.test(name)
            ? []
            : [
                invalid(
                  `${path}.httpHeaders`,
                  name,
                  regexMessage(
                    "a valid HTTP header must consist of alphanumeric characters or '-'",
                    "[-A-Za-z0-9]+",
                    "X-Header-Name",
                  ),
                ),
              ],
        ),
      ];
    case "tcpSocket":
      return portNumberOrName(`${path}.port`, action.port);
    case "grpc":
      return portNumberOrName(`${path}.port`, action.port);
    default:
      return [];
  }
}

export function portNumberOrName(field: string, port: number | string | undefined): FieldError[] {
  if (typeof port === "string") return invalidEach(field, port, portName(port));
  const number = port ?? 0;
  return number >= 1 && number <= 65535 ? [] : [invalid(field, number, inRange(1, 65535))];
}
