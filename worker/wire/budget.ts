// One disruption taken off a PodDisruptionBudget, as the eviction endpoint does it (eviction.go checkAndDecrement). Its controller computes
// the numbers; until it has seen the newest spec nothing is allowed.
import { trackStatus } from "../../core/patch/apply/status.ts";
import { schemaFor } from "../../kinds/facts/schema.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import type { Op, Row } from "../store/store.ts";
import { findCondition, setCondition } from "./conditions.ts";
import { storedText } from "./splice.ts";
import { type ApiError, disruptionBudget, forbidden } from "./status.ts";

export const BUDGETS = "poddisruptionbudgets.policy";
/** More evictions than these wait for the budget's controller: it has to catch up first. */
const MAX_DISRUPTED = 2000;
const RETRY_SECONDS = 10;
/** Upstream's API server writes the budget as a client of itself. */
const MANAGER = "kube-apiserver";

export interface Budget {
  row: Row;
  object: KubeObject;
}

function refusal({ metadata, status = {} }: KubeObject): ApiError | undefined {
  const { name } = metadata;
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return disruptionBudget(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS);
  }
  const named = { group: "policy", resource: "poddisruptionbudget" };
  if (disruptionsAllowed < 0) return forbidden(named, name, "pdb disruptions allowed is negative");
  if (Object.keys(status.disruptedPods ?? {}).length > MAX_DISRUPTED) {
    const why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller yet";
    return forbidden(named, name, why);
  }
  if (disruptionsAllowed > 0) return undefined;
  const condition: Loose = findCondition(status.conditions, "DisruptionAllowed");
  const told = condition?.status === "False" && condition.message ? condition : undefined;
  const budget = `The disruption budget ${name}`;
  if (told?.reason === "SyncFailed") {
    return disruptionBudget(
      `${budget} does not allow evicting pods currently because it failed sync: ${told.message}`,
      0,
    );
  }
  if (currentHealthy <= desiredHealthy) {
    return disruptionBudget(`${budget} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`, 0);
  }
  return disruptionBudget(
    told === undefined
      ? `${budget} does not allow evicting pods currently`
      : `${budget} does not allow evicting pods currently (${told.reason}): ${told.message}`,
    0,
  );
}

/** The budget with one disruption less, and this pod among those it lost. `now`: RFC 3339. @throws ApiError 403, 429 */
export function charge({ row, object }: Budget, pod: string, kind: Kind | undefined, now: string): Op {
  const refused = refusal(object);
  if (refused !== undefined) throw refused;
  const { status } = object;
  const left = status.disruptionsAllowed - 1;
  const { observedGeneration } = status;
  const exhausted = {
    type: "DisruptionAllowed",
    status: "False",
    reason: "InsufficientPods",
    message: "",
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  const next: KubeObject = {
    ...object,
    status: {
      ...status,
      disruptionsAllowed: left,
      disruptedPods: { ...status.disruptedPods, [pod]: now },
      ...(left === 0 ? { conditions: setCondition(status.conditions, exhausted, now) } : {}),
    },
  };
  if (kind !== undefined) {
    const writer = { manager: MANAGER, apiVersion: object.apiVersion, now };
    next.metadata = {
      ...next.metadata,
      managedFields: trackStatus({ ...writer, old: object, next, schema: schemaFor(kind) }),
    };
  }
  const { resource, namespace, name, version } = row;
  return {
    op: "update",
    key: { resource, namespace, name },
    value: storedText(next),
    expect: version,
    refs: objectRefs(next),
  };
}
