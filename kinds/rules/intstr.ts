// Fields that hold a number or a percentage ("25%"): maxSurge, maxUnavailable (kk:pkg/apis/apps/validation).
import type { FieldError } from "../kind.ts";
import { invalid, nonNegative } from "./errors.ts";
import { regexMessage } from "./names.ts";

type IntOrString = number | string | undefined;

const PERCENT = /^[0-9]+%$/;

function percentErrors(text: string): string[] {
  return PERCENT.test(text)
    ? []
    : [
        regexMessage(
          "a valid percent string must be a numeric string followed by an ending '%'",
          "[0-9]+%",
          "1%",
          "93%",
        ),
      ];
}

export function intOrPercentErrors(field: string, value: IntOrString): FieldError[] {
  if (typeof value === "number") return nonNegative(field, value);
  return percentErrors(value ?? "").map((message) => invalid(field, value ?? "", message));
}

/** The number, or the percentage's number; 0 for what is neither. */
export function intOrPercent(value: IntOrString): number {
  if (typeof value === "number") return value;
  return PERCENT.test(value ?? "") ? Number.parseInt(value ?? "0", 10) : 0;
}

export function isNotMoreThan100Percent(field: string, value: IntOrString): FieldError[] {
  return typeof value === "string" && PERCENT.test(value) && Number.parseInt(value, 10) > 100
    ? [invalid(field, value, "must not be greater than 100%")]
    : [];
}

/** How many of `total` the value means; percentages round up or down (apimachinery intstr.GetScaledValueFromIntOrPercent). */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === "number") return value;
  const exact = (intOrPercent(value) * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
