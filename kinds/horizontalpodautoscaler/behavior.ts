// How fast a HorizontalPodAutoscaler may scale: defaults and validation of spec.behavior.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, notSupported, required } from "../rules/errors.ts";
import { parseQuantity } from "../rules/quantity.ts";

const MAX_PERIOD_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;

/** kk:pkg/apis/autoscaling/v2/defaults.go: rules for both directions where there are rules at all. */
export function defaultBehavior(behavior: Loose): void {
  const half = (): Loose[] => [{ type: "Percent", value: 100, periodSeconds: 15 }];
  behavior.scaleUp ??= {};
  behavior.scaleUp.stabilizationWindowSeconds ??= 0;
  behavior.scaleUp.selectPolicy ??= "Max";
  behavior.scaleUp.policies ??= [{ type: "Pods", value: 4, periodSeconds: 15 }, ...half()];
  behavior.scaleDown ??= {};
  behavior.scaleDown.selectPolicy ??= "Max";
  behavior.scaleDown.policies ??= half();
}

export function validateBehavior(behavior: Loose, field: string): FieldError[] {
  if (!behavior) return [];
  return ["scaleUp", "scaleDown"].flatMap((direction) =>
    behavior[direction] ? validateRules(behavior[direction], `${field}.${direction}`) : [],
  );
}

function validateRules(rules: Loose, field: string): FieldError[] {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  const place = `${field}.stabilizationWindowSeconds`;
  if (typeof window === "number" && window < 0)
    errors.push(invalid(place, window, "must be greater than or equal to zero"));
  if (typeof window === "number" && window > MAX_WINDOW_SECONDS)
    errors.push(invalid(place, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  if (typeof selectPolicy === "string" && !["Disabled", "Max", "Min"].includes(selectPolicy))
    errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, ["Disabled", "Max", "Min"]));
  if (policies.length === 0) errors.push(required(`${field}.policies`, "must specify at least one Policy"));
  for (const [index, policy] of policies.entries())
    errors.push(...validatePolicy(policy, `${field}.policies[${index}]`));
  const tolerated = tolerance === undefined ? undefined : parseQuantity(tolerance);
  if (tolerated !== undefined && tolerated.nano < 0n)
    errors.push(invalid(`${field}.tolerance`, tolerance, "must be greater than or equal to 0"));
  return errors;
}

function validatePolicy({ type, value, periodSeconds }: Loose, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (type !== "Pods" && type !== "Percent") errors.push(notSupported(`${field}.type`, type, ["Percent", "Pods"]));
  if (value <= 0) errors.push(invalid(`${field}.value`, value, "must be greater than zero"));
  if (periodSeconds <= 0) errors.push(invalid(`${field}.periodSeconds`, periodSeconds, "must be greater than zero"));
  if (periodSeconds > MAX_PERIOD_SECONDS)
    errors.push(
      invalid(`${field}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`),
    );
  return errors;
}
