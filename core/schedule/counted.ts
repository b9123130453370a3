// The number that a template divides, in two hands: people set it, and autoscalers in the clusters set it on. Shares follow what people said; the
// template shows what came of it, as a Deployment does that an autoscaler of its own cluster scales (upstream: the HPA writes its /scale).
// Where no autoscaler is left, what stands is what is wanted, as in one cluster.
import type { KubeObject } from "../../kinds/object.ts";
import type { Decision } from "./decision.ts";
import { numberIn, setNumber, type Sharing } from "./share.ts";

export interface Counted {
  /** For the decision. */
  said: Pick<Decision, "count" | "autoscaled">;
  /** With the number that people set. */
  template: KubeObject;
  /** Somebody set it since that decision, be it to what it was before an autoscaler came. */
  setAnew: boolean;
  /** The autoscalers are gone: each cluster keeps what it has. */
  freed: boolean;
}

export interface Counting {
  rule: Sharing["rule"];
  template: KubeObject;
  before: Pick<Decision, "count" | "autoscaled"> | undefined;
  /** An autoscaler at the root targets it. */
  followed: boolean;
  /** An autoscaler of some cluster is known to set it there. */
  reported: boolean;
}

export function countedNow({ rule, template, before, followed, reported }: Counting): Counted {
  const [path] = rule.divided;
  const count = path === undefined ? undefined : numberIn(template, path);
  if (path === undefined || count === undefined) return { said: {}, template, setAnew: false, freed: false };
  const { count: meant, autoscaled } = before ?? {};
  const standing = autoscaled !== undefined && (autoscaled.follower === true ? followed : reported);
  if (meant !== undefined && standing && autoscaled.replicas === count)
    return {
      said: { count: meant, autoscaled },
      template: setNumber(template, path, meant),
      setAnew: false,
      freed: false,
    };
  return {
    said: { count },
    template,
    setAnew:
      meant !== undefined && (count !== (autoscaled?.replicas ?? meant) || (autoscaled !== undefined && !standing)),
    freed: autoscaled !== undefined && !standing && autoscaled.replicas === count,
  };
}
