// Labels of nodes that are deprecated, and the warnings upstream gives where something selects by them (kk:pkg/api/node/util.go).
import type { Loose } from "../object.ts";

const DEPRECATED: Record<string, string> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
};

/** Why a key is deprecated, if it is. */
export const deprecatedNodeLabel = (key: string): string | undefined => DEPRECATED[key];

/** One warning for each deprecated one of `keys`, said at `field`. */
export function nodeLabelWarnings(keys: readonly string[], field: (key: string, index: number) => string): string[] {
  return keys.flatMap((key, index) => (key in DEPRECATED ? [`${field(key, index)}: ${DEPRECATED[key]}`] : []));
}

/** Of the expressions of a node selector's term or of a label selector, which say the key too. */
export function expressionWarnings(expressions: Loose[] | undefined, path: string): string[] {
  return (expressions ?? []).flatMap(({ key }, index) =>
    key in DEPRECATED ? [`${path}.matchExpressions[${index}].key: ${key} is ${DEPRECATED[key]}`] : [],
  );
}
