// A workload that keeps no ReplicaSets at the root, as its own object there: its status, and of a bare Pod the cluster it was bound to as its node.
import type { Kind } from "../../kinds/kind.ts";
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import type { AggregateInput } from "../../core/aggregate/placed.ts";
import { wholeStatus } from "../../core/aggregate/whole.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { isPod } from "../../core/schedule/podtemplate.ts";
import type { Op } from "../store/store.ts";
import type { Stored } from "./rows.ts";
import { writeStatus } from "./status.ts";

/** The write of the template, if anything of it changes. `cluster`: where it is placed now. */
export function wholeOps(
  template: Stored<KubeObject>,
  kind: Kind,
  said: AggregateInput,
  cluster: string | undefined,
): Op[] {
  const { federation } = kind;
  if (federation.rule !== "workload") return [];
  const object = template.value;
  const status = wholeStatus({ ...said, once: federation.once === true, initial: initialStatus(object, kind) });
  const bound = cluster !== undefined && isPod(object) && object["spec"].nodeName !== cluster;
  const next = { ...object, ...(bound ? { spec: { ...object["spec"], nodeName: cluster } } : {}), status };
  return bound || !equalJson(object["status"] ?? {}, status) ? [writeStatus(kind, next, template, said.now)] : [];
}

/** What the API gives a new object of this kind. */
function initialStatus(object: KubeObject, kind: Kind): JsonObject {
  const fresh = structuredClone(object);
  delete fresh["status"];
  kind.prepareCreate?.(fresh);
  kind.setDefaults?.(fresh);
  return (fresh["status"] ?? {}) as JsonObject;
}
