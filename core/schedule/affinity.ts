// nodeSelector and node affinity of a pod template among clusters, read for the federation's keys alone (DESIGN section 6): a term's
// expressions on other keys and its matchFields are the member's business and hold here. Terms are ORed, expressions ANDed, nodeSelector and
// required terms both count; a term without any expression or field matches nothing, as upstream (component-helpers nodeaffinity).
import type { Loose } from "../../kinds/object.ts";
import {
  formatSelector,
  matchesLabels,
  type Labels,
  type Operator,
  type Selector,
} from "../../kinds/rules/selector.ts";
import { isFederationKey } from "./federationkeys.ts";

export interface Affinity {
  /** Why labels like these are refused: "topology.kubernetes.io/region in (eu), here us"; undefined: they match. */
  refuses(labels: Labels): string | undefined;
  /** Sum of the weights of the preferred terms that hold. */
  score(labels: Labels): number;
  /** The most that `score` can give; 0: nothing is preferred. */
  most: number;
}

const NONE: Affinity = { refuses: () => undefined, score: () => 0, most: 0 };

const OPERATORS: Readonly<Record<string, Operator>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
  Gt: ">",
  Lt: "<",
};

export function affinityOf(podSpec: Loose): Affinity {
  const selector = Object.entries<string>(podSpec?.nodeSelector ?? {})
    .filter(([key]) => isFederationKey(key))
    .map(([key, value]) => ({ key, operator: "=" as const, values: [value] }));
  const node = podSpec?.affinity?.nodeAffinity;
  const required = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms as Loose[] | undefined;
  const terms = required?.map(federationPart).filter((term) => term !== undefined);
  const preferred = ((node?.preferredDuringSchedulingIgnoredDuringExecution ?? []) as Loose[])
    .map(({ weight, preference }) => ({ weight: Number(weight ?? 0), term: federationPart(preference) }))
    .filter((each): each is { weight: number; term: Selector } => (each.term?.length ?? 0) > 0);
  if (selector.length === 0 && terms === undefined && preferred.length === 0) return NONE;
  return {
    refuses: (labels) => {
      const missed = selector.filter((requirement) => !matchesLabels([requirement], labels));
      if (missed.length > 0) return told([missed], labels);
      if (terms === undefined || terms.some((term) => matchesLabels(term, labels))) return undefined;
      return terms.length === 0 ? "no term of its node affinity can match" : told(terms, labels);
    },
    score: (labels) => preferred.reduce((sum, { weight, term }) => sum + (matchesLabels(term, labels) ? weight : 0), 0),
    most: preferred.reduce((sum, { weight }) => sum + Math.max(0, weight), 0),
  };
}

/** Its expressions on federation keys, none if it has only others; undefined: it matches nothing. */
function federationPart(term: Loose): Selector | undefined {
  const expressions = (term?.matchExpressions ?? []) as Loose[];
  if (expressions.length === 0 && (term?.matchFields?.length ?? 0) === 0) return undefined;
  const part = expressions.filter(({ key }) => isFederationKey(key));
  if (part.some(({ operator }) => OPERATORS[operator] === undefined)) return undefined;
  return part.map(({ key, operator, values }) => ({ key, operator: OPERATORS[operator]!, values: values ?? [] }));
}

function told(terms: readonly Selector[], labels: Labels): string {
  const keys = [...new Set(terms.flatMap((term) => term.map(({ key }) => key)))];
  const here = keys.map((key) => labels[key] ?? "none");
  return `${terms.map(formatSelector).join(" or ")}, here ${here.join(", ")}`;
}
