// Which subresources a kind has, and which it would have where its pods run.
import type { Kind } from "../../kinds/kind.ts";

export function hasSubresource(kind: Kind, name: string): boolean {
  return (
    (name === "status" && kind.status === true) ||
    (name === "scale" && kind.scale !== undefined) ||
    (name === "finalize" && kind.finalize === true) ||
    kind.parts?.[name] !== undefined ||
    isPosted(kind, name)
  );
}

/** Takes a POST, and nothing else. */
export function isPosted(kind: Kind, name: string): boolean {
  return kind.posts?.some((posted) => posted === name) === true;
}

const REACHED_THERE = "ask the cluster that runs the pod, which `kubectl get pod NAME -o wide` names";
const ELSEWHERE: Readonly<Record<string, string>> = {
  "pods/attach": REACHED_THERE,
  "pods/exec": REACHED_THERE,
  "pods/log": REACHED_THERE,
  "pods/portforward": REACHED_THERE,
  "pods/proxy": REACHED_THERE,
  "nodes/proxy": "a node here is a whole cluster",
  "services/proxy": "ask a cluster that runs the service",
  "serviceaccounts/token": "ask the cluster that runs the pods, which signs their tokens",
};

/** What kubectl prints after `logs`, `exec` and the like; undefined: no Kubernetes serves this. */
export function servedElsewhere(kind: Kind, name: string): string | undefined {
  const advice = kind.group === "" ? ELSEWHERE[`${kind.resource}/${name}`] : undefined;
  return advice === undefined ? undefined : `${kind.resource}/${name} is not served here: ${advice}`;
}
