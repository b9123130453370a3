// Groups of the Kubernetes community need an approved API (apiextensions-apiserver pkg/apihelpers): an annotation with a URL, or one that says why not.
import type { FieldError } from "../../kind.ts";
import type { KubeObject } from "../../object.ts";
import { invalid, required } from "../../rules/errors.ts";

const ANNOTATION = "api-approved.kubernetes.io";
const FIELD = `metadata.annotations[${ANNOTATION}]`;
const SEE = "see https://github.com/kubernetes/enhancements/pull/1111";

type State = "missing" | "bypassed" | "approved" | "invalid";

function stateOf({ metadata }: KubeObject): State {
  const text = metadata.annotations?.[ANNOTATION] ?? "";
  if (text === "") return "missing";
  if (text.startsWith("unapproved")) return "bypassed";
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+/.test(text) ? "approved" : "invalid";
}

export function approvalErrors(object: KubeObject, old?: KubeObject): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(object.spec.group)) return [];
  const state = stateOf(object);
  if (old !== undefined && stateOf(old) === state) return [];
  if (state === "missing")
    return [required(FIELD, `protected groups must have approval annotation "${ANNOTATION}", ${SEE}`)];
  if (state !== "invalid") return [];
  const how = 'with either a URL or a reason starting with "unapproved"';
  const text = object.metadata.annotations![ANNOTATION];
  return [invalid(FIELD, text, `protected groups must have approval annotation "${ANNOTATION}" ${how}, ${SEE}`)];
}
