// Validation of where pods want to be: affinity to nodes and to other pods (kk:pkg/apis/core/validation validateAffinity).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, invalidEach, required } from "../rules/errors.ts";
import { validateLabelSelector } from "../rules/metadata.ts";
import { dns1123Label, qualifiedName } from "../rules/names.ts";
import { validateNodeSelector, validateNodeSelectorTerm } from "../rules/nodeselector.ts";
import { validateMatchKeys } from "./spread.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

export function validateAffinity(affinity: Loose, path: string): FieldError[] {
  const { nodeAffinity: node, podAffinity, podAntiAffinity } = affinity ?? {};
  const errors: FieldError[] = [];
  const field = `${path}.nodeAffinity`;
  if (node?.[REQUIRED]) errors.push(...validateNodeSelector(node[REQUIRED], `${field}.${REQUIRED}`));
  for (const [index, term] of ((node?.[PREFERRED] ?? []) as Loose[]).entries()) {
    const at = `${field}.${PREFERRED}[${index}]`;
    errors.push(...validateWeight(term.weight, at));
    // Bad label values only ever make a preference useless, so they pass.
    errors.push(...validateNodeSelectorTerm(term.preference ?? {}, `${at}.preference`, true));
  }
  for (const [name, pods] of Object.entries({ podAffinity, podAntiAffinity }))
    errors.push(...validatePodAffinity(pods, `${path}.${name}`));
  return errors;
}

function validateWeight(weight: number | undefined, path: string): FieldError[] {
  const number = weight ?? 0;
  return number > 0 && number <= 100 ? [] : [invalid(`${path}.weight`, number, "must be in the range 1-100")];
}

function validatePodAffinity(affinity: Loose, path: string): FieldError[] {
  return [
    ...((affinity?.[REQUIRED] ?? []) as Loose[]).flatMap((term, index) =>
      validatePodTerm(term, `${path}.${REQUIRED}[${index}]`),
    ),
    ...((affinity?.[PREFERRED] ?? []) as Loose[]).flatMap(({ weight, podAffinityTerm }, index) => {
      const at = `${path}.${PREFERRED}[${index}]`;
      return [...validateWeight(weight, at), ...validatePodTerm(podAffinityTerm ?? {}, `${at}.podAffinityTerm`)];
    }),
  ];
}

function validatePodTerm(term: Loose, path: string): FieldError[] {
  const { topologyKey = "", namespaces = [] } = term;
  return [
    ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
    ...(namespaces as string[]).flatMap((name) => invalidEach(`${path}.namespace`, name, dns1123Label(name))),
    ...validateMatchKeys(term, path),
    ...(topologyKey === "" ? [required(`${path}.topologyKey`, "can not be empty")] : []),
    ...invalidEach(`${path}.topologyKey`, topologyKey, qualifiedName(topologyKey)),
  ];
}
