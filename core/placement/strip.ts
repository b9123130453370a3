// Federation keys have been answered when a pod reaches a cluster: there they would only keep it from every node that does not carry the cluster's
// labels. So its pod template loses what it says about them (DESIGN section 6): nodeSelector entries, tolerations, spread constraints, and node
// affinity, whose terms are first judged here. A term that is false here goes; one that is left empty means that no required affinity remains.
// Where all are false (the pods still run here until others stand for them elsewhere) each keeps what it asks of nodes, so nothing widens.
// Affinity between pods stays as it is: its topology keys are labels of the member's nodes.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { matchesLabels, selectorFromObject } from "../../kinds/rules/selector.ts";
import { isMap } from "../patch/value.ts";
import { isFederationKey } from "../schedule/federationkeys.ts";
import { onPodSpec } from "./podspec.ts";

type Labels = Readonly<Record<string, string>>;

/** `labels`: the cluster's, its implicit ones among them. The same object where there is nothing to strip. */
export function stripFederationKeys(object: KubeObject, labels: Labels): KubeObject {
  return onPodSpec(object, (spec) => {
    let next = without(spec, "tolerations", ({ key }) => isFederationKey(key));
    next = without(next, "topologySpreadConstraints", ({ topologyKey }) => isFederationKey(topologyKey));
    next = replaced(next, "nodeSelector", strippedMap(next.nodeSelector));
    return replaced(next, "affinity", strippedAffinity(next.affinity, labels));
  });
}

function without(spec: Loose, field: string, drop: (entry: Loose) => boolean): Loose {
  if (!Array.isArray(spec[field]) || !spec[field].some((entry) => drop(entry ?? {}))) return spec;
  const kept = spec[field].filter((entry) => !drop(entry ?? {}));
  return replaced(spec, field, kept.length === 0 ? undefined : kept);
}

/** A copy with another value in the field; undefined: without it. */
function replaced(object: Loose, field: string, value: Loose): Loose {
  if (object[field] === value) return object;
  const { [field]: _old, ...rest } = object;
  return value === undefined ? rest : { ...rest, [field]: value };
}

function strippedMap(selector: Loose): Loose {
  const keys = Object.keys(selector ?? {});
  if (!keys.some(isFederationKey)) return selector;
  const kept = keys.filter((key) => !isFederationKey(key)).map((key) => [key, selector[key]]);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

function strippedAffinity(affinity: Loose, labels: Labels): Loose {
  const rules = affinity?.nodeAffinity;
  if (rules === undefined || rules === null) return affinity;
  let next = replaced(rules, REQUIRED, strippedRequired(rules[REQUIRED], labels));
  next = replaced(next, PREFERRED, strippedPreferred(rules[PREFERRED], labels));
  if (next === rules) return affinity;
  const rest = replaced(affinity, "nodeAffinity", Object.keys(next).length === 0 ? undefined : next);
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function strippedRequired(required: Loose, labels: Labels): Loose {
  const terms = mapsIn(required?.nodeSelectorTerms);
  if (!terms.some(asksFederation)) return required;
  const here = terms.filter((term) => holdsHere(term, labels));
  const kept = (here.length > 0 ? here : terms).map((term) => ({ from: term, term: strippedTerm(term) }));
  if (kept.some(({ from, term }) => asksFederation(from) && isEmpty(term))) return undefined;
  return { ...required, nodeSelectorTerms: kept.map(({ term }) => term) };
}

/** What it prefers of clusters has been weighed; what it prefers of nodes counts here only where the whole term holds. */
function strippedPreferred(preferred: Loose, labels: Labels): Loose {
  const terms = mapsIn(preferred);
  if (!terms.some(({ preference }) => asksFederation(preference))) return preferred;
  const kept = terms.flatMap((one: Loose) => {
    if (!asksFederation(one.preference)) return [one];
    const term = strippedTerm(one.preference);
    return holdsHere(one.preference, labels) && !isEmpty(term) ? [{ ...one, preference: term }] : [];
  });
  return kept.length === 0 ? undefined : kept;
}

/** An Override may have left anything here; what cannot be read is the member's to refuse. */
const mapsIn = (list: Loose): Loose[] => (Array.isArray(list) && list.every(isMap) ? list : []);

const expressionsOf = (term: Loose): Loose[] => mapsIn(term?.matchExpressions);

function asksFederation(term: Loose): boolean {
  return expressionsOf(term).some(({ key }) => isFederationKey(key));
}

/** An expression of an operator that nobody knows holds nowhere. */
function holdsHere(term: Loose, labels: Labels): boolean {
  return expressionsOf(term)
    .filter(({ key }) => isFederationKey(key))
    .every((expression) => holds(expression, labels));
}

function holds(expression: Loose, labels: Labels): boolean {
  const { key, operator, values = [] } = expression;
  if (!Array.isArray(values)) return false;
  if (operator === "Gt" || operator === "Lt")
    return matchesLabels([{ key, operator: operator === "Gt" ? ">" : "<", values }], labels);
  const selector = selectorFromObject({ matchExpressions: [expression] });
  return selector !== undefined && matchesLabels(selector, labels);
}

function strippedTerm(term: Loose): Loose {
  if (!asksFederation(term)) return term;
  const kept = expressionsOf(term).filter(({ key }) => !isFederationKey(key));
  return replaced(term, "matchExpressions", kept.length === 0 ? undefined : kept);
}

function isEmpty(term: Loose): boolean {
  return expressionsOf(term).length === 0 && (term?.matchFields ?? []).length === 0;
}
