// What a test may break in a simulated member: the whole cluster, its speed, single objects, single pods.
import type { KubeObject } from "../kinds/object.ts";
import { parseApiVersion } from "../kinds/object.ts";
import type { Commit } from "../worker/store/store.ts";
import { forbidden } from "../worker/wire/status.ts";

export interface Faults {
  /** Connections are cut without an answer, open watches too. */
  down?: boolean;
  /** Every request waits so long first. */
  slowMs?: number;
  /** A text refuses the write of this object with 403, as an admission webhook does. */
  refuse?: (object: KubeObject) => string | undefined;
  /** Pods that never become Ready. */
  neverReady?: (pod: KubeObject) => boolean;
}

/** @throws ApiError 403 when a write in this commit is refused. */
export function refuseIn({ ops }: Commit, { refuse }: Faults): void {
  if (refuse === undefined) return;
  for (const op of ops) {
    if (op.op !== "create" && op.op !== "update" && op.op !== "put") continue;
    const object = JSON.parse(op.value) as KubeObject;
    const message = refuse(object);
    if (message === undefined) continue;
    const { group } = parseApiVersion(object.apiVersion);
    const resource = op.key.resource.split(".")[0] ?? "";
    throw forbidden({ group, resource }, op.key.name, message);
  }
}
