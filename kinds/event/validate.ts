// Validation of Events (kk:pkg/apis/core/validation/events.go): the rules that both versions share, and the strict ones of events.k8s.io/v1.
// Fields are named as core/v1 names them, whichever version was asked: upstream validates its internal type.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { invalid, invalidEach, required } from "../rules/errors.ts";
import { type GoStruct, goValue } from "../rules/gojson.ts";
import { sameJson } from "../rules/metadata.ts";
import { byteLength, dns1123Subdomain, qualifiedName } from "../rules/names.ts";

const WORD_LIMIT = 128;
const MESSAGE_LIMIT = 1024;

/** `controller`: what the version that was asked calls the reporting controller. */
export function validateEvent(
  object: KubeObject,
  controller: "reportingComponent" | "reportingController",
): FieldError[] {
  const { namespace = "" } = object.metadata;
  const errors = object.eventTime ? validateNew(object, namespace, controller) : validateOld(object, namespace);
  return [...errors, ...invalidEach("namespace", namespace, dns1123Subdomain(namespace))];
}

const mismatch = (involved: string): FieldError =>
  invalid("involvedObject.namespace", involved, "does not match event.namespace");

function validateOld({ involvedObject }: KubeObject, namespace: string): FieldError[] {
  const involved: string = involvedObject?.namespace ?? "";
  const fits = involved === "" ? namespace === "" || namespace === "default" : namespace === involved;
  return fits ? [] : [mismatch(involved)];
}

function validateNew(object: KubeObject, namespace: string, controller: string): FieldError[] {
  const errors: FieldError[] = [];
  const involved: string = object.involvedObject?.namespace ?? "";
  if (involved === "" && namespace !== "default" && namespace !== "kube-system") errors.push(mismatch(involved));
  const reporter: string = object.reportingComponent ?? "";
  if (reporter === "") errors.push(required(controller));
  errors.push(...invalidEach(controller, reporter, qualifiedName(reporter)));
  for (const field of ["reportingInstance", "action", "reason"]) {
    const value: string = object[field] ?? "";
    if (value === "") errors.push(required(field));
    else if (byteLength(value) > WORD_LIMIT) errors.push(tooLong(field, WORD_LIMIT));
  }
  if (byteLength(object.message ?? "") > MESSAGE_LIMIT) errors.push(tooLong("message", MESSAGE_LIMIT));
  return errors;
}

function tooLong(field: string, limit: number): FieldError {
  return invalid(field, "", `can have at most ${limit} characters`);
}

function validateSeries({ series }: KubeObject): FieldError[] {
  if (!series) return [];
  const errors: FieldError[] = [];
  if ((series.count ?? 0) < 2) errors.push(invalid("series.count", "", "should be at least 2"));
  if (!series.lastObservedTime) errors.push(required("series.lastObservedTime"));
  return errors;
}

/** A new Event says everything in the new fields. */
export function validateStrictCreate(object: KubeObject): FieldError[] {
  const errors = validateSeries(object);
  if (!object.eventTime) errors.push(required("eventTime"));
  const { type = "", source } = object;
  if (type !== "Normal" && type !== "Warning") errors.push(invalid("type", "", `has invalid value: ${type}`));
  const set: [string, unknown][] = [
    ["firstTimestamp", object.firstTimestamp],
    ["lastTimestamp", object.lastTimestamp],
    ["count", object.count],
    ["source", source?.component || source?.host],
  ];
  for (const [field, value] of set) if (value) errors.push(invalid(field, "", "needs to be unset"));
  return errors;
}

const REFERENCE: GoStruct = {
  Kind: ["kind", ""],
  Namespace: ["namespace", ""],
  Name: ["name", ""],
  UID: ["uid", ""],
  APIVersion: ["apiVersion", ""],
  ResourceVersion: ["resourceVersion", ""],
  FieldPath: ["fieldPath", ""],
};
const SOURCE: GoStruct = { Component: ["component", ""], Host: ["host", ""] };
const asReference = (value: Loose): Loose => goValue(REFERENCE, value);
const text = (value: Loose): Loose => value ?? "";
const time = (value: Loose): Loose => value ?? null;

/** What no update may change, in upstream's order, which names the reason twice; and how upstream prints it. */
const FIXED: readonly [core: string, print: (value: Loose) => Loose, named?: string][] = [
  ["involvedObject", asReference],
  ["reason", text],
  ["message", text],
  ["source", (value) => goValue(SOURCE, value)],
  ["firstTimestamp", time],
  ["lastTimestamp", time],
  ["count", (value) => value ?? 0],
  ["reason", text],
  ["type", text],
  ["eventTime", time],
  ["action", text],
  ["related", (value) => value && asReference(value)],
  ["reportingComponent", text, "reportingController"],
  ["reportingInstance", text],
];

/** Only the series goes on. */
export function validateStrictUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const errors = sameJson(object.series, old.series) ? [] : validateSeries(object);
  for (const [field, print, named = field] of FIXED) {
    const [after, before] = [print(object[field]), print(old[field])];
    if (!sameJson(after, before)) errors.push(immutable(named, after));
  }
  return errors;
}

/** Keys stay in Go's order, which `invalid` does not promise. */
function immutable(field: string, value: Loose): FieldError {
  return {
    reason: "FieldValueInvalid",
    field,
    message: `Invalid value: ${JSON.stringify(value ?? null)}: field is immutable`,
  };
}
