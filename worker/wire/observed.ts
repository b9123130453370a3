// Writes to what agents observe get 403: it runs in its cluster, and follows the workload that made it there. Nobody else can make an object look like one.
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { OBSERVED_ANNOTATION, observedOf } from "../../kinds/observed.ts";
import { forbidden } from "./status.ts";

/** @throws ApiError 403 */
export function refuseObserved(kind: Kind, { metadata }: KubeObject, old?: KubeObject): void {
  const observed = old === undefined ? undefined : observedOf(old);
  if (observed !== undefined) {
    const why = `it runs in cluster ${observed.cluster}, made there by what was placed: change the workload that owns it`;
    throw forbidden(kind, metadata.name, why);
  }
  if (metadata.annotations?.[OBSERVED_ANNOTATION] !== undefined)
    throw forbidden(kind, metadata.name, `the annotation ${OBSERVED_ANNOTATION} is the federation's own`);
}
