// DELETE of a pod that an agent observes is passed on: the pod says at once that it ends, its cluster is asked to end it (and makes another), and it is
// gone when the cluster says so. Refuses what only its cluster makes and unmakes.
import { ACTS, type Act } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { MEMBER_NAME_ANNOTATION, observedOf } from "../../kinds/observed.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import type { Op, Row } from "../store/store.ts";
import type { DeleteOptions } from "./deleteoptions.ts";
import type { Exchange } from "./exchange.ts";
import { refuseObserved } from "./observed.ts";
import { storedText } from "./splice.ts";
import { committer, timestamp } from "./write.ts";

export interface Passed {
  value: string;
  version: number;
  object: KubeObject;
}

/** Undefined: the row changed meanwhile. @throws ApiError 403 for what only its cluster makes and unmakes */
export async function passOn(
  x: Exchange,
  row: Row,
  object: KubeObject,
  op: Act["op"],
  o: DeleteOptions,
  also: readonly Op[] = [],
): Promise<Passed | undefined> {
  const kind = x.target.kind;
  const { cluster = "" } = observedOf(object) ?? {};
  if (kind.grace === undefined) refuseObserved(kind, object, object);
  const { metadata } = object;
  const asked = o.gracePeriodSeconds === undefined ? undefined : Math.max(o.gracePeriodSeconds, 0);
  const seconds = asked ?? object["spec"]?.terminationGracePeriodSeconds ?? 0;
  const sooner = metadata.deletionTimestamp === undefined || seconds < (metadata.deletionGracePeriodSeconds ?? 0);
  if (!sooner || (o.dryRun ?? []).length > 0) return { value: row.value, version: row.version, object };
  const now = x.options.clock();
  metadata.deletionTimestamp = timestamp(now + seconds * 1000);
  metadata.deletionGracePeriodSeconds = seconds;
  const act: Act = {
    op,
    resource: kindKey(kind),
    namespace: row.namespace,
    name: metadata.annotations?.[MEMBER_NAME_ANNOTATION] ?? metadata.name,
    rootName: metadata.name,
    ...(asked === undefined ? {} : { graceSeconds: asked }),
    since: timestamp(now),
  };
  const value = storedText(object);
  const { resource, namespace, name } = row;
  const result = await committer(x)({
    ops: [
      ...also,
      { op: "put", key: { resource: ACTS, namespace: cluster, name: metadata.uid ?? "" }, value: JSON.stringify(act) },
      {
        op: "update",
        key: { resource, namespace, name },
        value,
        expect: row.version,
        deleting: true,
        refs: objectRefs(object),
      },
    ],
  });
  return result.ok ? { value, version: result.versions.at(-1) as number, object } : undefined;
}
