// Taints of Nodes and Clusters: upstream's validation, and when a NoExecute taint came. Upstream's node lifecycle controller writes that time
// on its own taints only; here every NoExecute taint carries it, since a toleration's seconds are counted from it on a whole cluster.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, invalidEach, notSupported, required } from "./errors.ts";
import { labelValueErrors, qualifiedName } from "./names.ts";

export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** kk:pkg/apis/core/validation validateNodeTaints; a value printed as the internal type is. */
export function validateTaints(field: string, taints: readonly Loose[] | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { key = "", value = "", effect = "", timeAdded = null }] of (taints ?? []).entries()) {
    const at = `${field}[${index}]`;
    errors.push(...invalidEach(`${at}.key`, key, qualifiedName(key)));
    const wrong = labelValueErrors(value);
    if (wrong.length > 0) errors.push(invalid(`${at}.value`, value, wrong.join(";")));
    if (effect === "") errors.push(required(`${at}.effect`));
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS));
    if (seen.has(`${effect}/${key}`)) errors.push(repeated(at, { key, value, effect, timeAdded }));
    seen.add(`${effect}/${key}`);
  }
  return errors;
}

function repeated(field: string, { key, value, effect, timeAdded }: Loose): FieldError {
  const printed = JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: timeAdded });
  return {
    reason: "FieldValueDuplicate",
    field,
    message: `Duplicate value: ${printed}: taints must be unique by key and effect pair`,
  };
}

export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** Says of every NoExecute taint since when it stands, in place; one that stood before keeps its time. */
export function stampTaints(taints: Taint[] | undefined, before: readonly Taint[] | undefined, now: string): void {
  for (const taint of taints ?? []) {
    if (taint.effect !== "NoExecute") continue;
    taint.timeAdded ??= before?.find((one) => sameTaint(one, taint))?.timeAdded ?? now;
  }
}
