// Metrics of autoscaling/v2 as autoscaling/v1 writes them into its annotations, and back (kk:pkg/apis/autoscaling/v1/conversion.go).
// v1 has a field per kind of target where v2 has one MetricTarget. Keys stand in the order of Go's structs: they become JSON text.
import type { Loose } from "../object.ts";
import { type GoStruct, goValue } from "../rules/gojson.ts";
import { inGoOrder } from "../rules/selector.ts";

type Convert = (source: Loose) => Loose;

const reference = ({ kind = "", name = "", apiVersion }: Loose = {}): Loose => ({
  kind,
  name,
  apiVersion: apiVersion || undefined,
});
const quantity = (value: Loose): string => value ?? "0";
const identifier = (name: Loose, selector: Loose): Loose => defined({ name: name ?? "", selector });

/** Without absent fields, at one level. */
function defined(object: Loose): Loose {
  for (const key of Object.keys(object)) if (object[key] === undefined) delete object[key];
  return object;
}

const toResource = ({ name = "", target, container }: Loose): Loose => ({
  name,
  targetAverageUtilization: target?.averageUtilization,
  targetAverageValue: target?.averageValue,
  container,
});

const SPEC_TO_V1: Record<string, Convert> = {
  object: ({ describedObject, metric, target }) => ({
    target: reference(describedObject),
    metricName: metric?.name ?? "",
    targetValue: quantity(target?.value),
    selector: inGoOrder(metric?.selector),
    averageValue: target?.averageValue,
  }),
  pods: ({ metric, target }) => ({
    metricName: metric?.name ?? "",
    targetAverageValue: quantity(target?.averageValue),
    selector: inGoOrder(metric?.selector),
  }),
  resource: (source) => toResource({ ...source, container: undefined }),
  containerResource: (source) => toResource({ container: "", ...source }),
  external: ({ metric, target }) => ({
    metricName: metric?.name ?? "",
    metricSelector: inGoOrder(metric?.selector),
    targetValue: target?.value,
    targetAverageValue: target?.averageValue,
  }),
};

const fromResource = ({ name, targetAverageUtilization, targetAverageValue }: Loose): Loose => ({
  name: name ?? "",
  target: defined({
    type: targetAverageUtilization === undefined ? "AverageValue" : "Utilization",
    averageValue: targetAverageValue,
    averageUtilization: targetAverageUtilization,
  }),
});

const SPEC_FROM_V1: Record<string, Convert> = {
  object: ({ target, metricName, targetValue, selector, averageValue }) => ({
    describedObject: defined(reference(target)),
    target: defined(
      averageValue === undefined
        ? { type: "Value", value: quantity(targetValue) }
        : { type: "AverageValue", value: quantity(targetValue) === "0" ? undefined : targetValue, averageValue },
    ),
    metric: identifier(metricName, selector),
  }),
  pods: ({ metricName, targetAverageValue, selector }) => ({
    metric: identifier(metricName, selector),
    target: { type: "AverageValue", averageValue: quantity(targetAverageValue) },
  }),
  resource: fromResource,
  containerResource: (source) => ({ ...fromResource(source), container: source.container ?? "" }),
  external: ({ metricName, metricSelector, targetValue, targetAverageValue }) => ({
    metric: identifier(metricName, metricSelector),
    target: defined({
      type: targetValue === undefined ? "AverageValue" : "Value",
      value: targetValue,
      averageValue: targetAverageValue,
    }),
  }),
};

const toResourceStatus = ({ name = "", current, container }: Loose): Loose => ({
  name,
  currentAverageUtilization: current?.averageUtilization,
  currentAverageValue: quantity(current?.averageValue),
  container,
});

const STATUS_TO_V1: Record<string, Convert> = {
  object: ({ describedObject, metric, current }) => ({
    target: reference(describedObject),
    metricName: metric?.name ?? "",
    currentValue: quantity(current?.value),
    selector: inGoOrder(metric?.selector),
    averageValue: current?.averageValue,
  }),
  pods: ({ metric, current }) => ({
    metricName: metric?.name ?? "",
    currentAverageValue: quantity(current?.averageValue),
    selector: inGoOrder(metric?.selector),
  }),
  resource: (source) => toResourceStatus({ ...source, container: undefined }),
  containerResource: (source) => toResourceStatus({ container: "", ...source }),
  external: ({ metric, current }) => ({
    metricName: metric?.name ?? "",
    metricSelector: inGoOrder(metric?.selector),
    currentValue: quantity(current?.value),
    currentAverageValue: current?.averageValue,
  }),
};

const fromResourceStatus = ({ name, currentAverageUtilization, currentAverageValue }: Loose): Loose => ({
  name: name ?? "",
  current: defined({ averageValue: quantity(currentAverageValue), averageUtilization: currentAverageUtilization }),
});

const STATUS_FROM_V1: Record<string, Convert> = {
  object: ({ target, metricName, currentValue, selector, averageValue }) => ({
    metric: identifier(metricName, selector),
    current: defined({ value: quantity(currentValue), averageValue }),
    describedObject: defined(reference(target)),
  }),
  pods: ({ metricName, currentAverageValue, selector }) => ({
    metric: identifier(metricName, selector),
    current: { averageValue: quantity(currentAverageValue) },
  }),
  resource: fromResourceStatus,
  containerResource: (source) => ({ ...fromResourceStatus(source), container: source.container ?? "" }),
  external: ({ metricName, metricSelector, currentValue, currentAverageValue }) => ({
    metric: identifier(metricName, metricSelector),
    current: defined({ value: quantity(currentValue), averageValue: currentAverageValue }),
  }),
};

function converter(sources: Record<string, Convert>): Convert {
  return (metric) => {
    const out: Loose = { type: metric.type ?? "" };
    for (const [name, convert] of Object.entries(sources)) if (metric[name]) out[name] = convert(metric[name]);
    return out;
  };
}

export const metricToV1 = converter(SPEC_TO_V1);
export const metricFromV1 = converter(SPEC_FROM_V1);
export const metricStatusToV1 = converter(STATUS_TO_V1);
export const metricStatusFromV1 = converter(STATUS_FROM_V1);

const POLICY: GoStruct = { Type: ["type", ""], Value: ["value", 0], PeriodSeconds: ["periodSeconds", 0] };
const RULES: GoStruct = {
  StabilizationWindowSeconds: ["stabilizationWindowSeconds", null],
  SelectPolicy: ["selectPolicy", null],
  Policies: ["policies", null, POLICY],
  Tolerance: ["tolerance", null],
};

/** v1 writes behavior as Go's internal type, whose fields have no names of their own. */
export function behaviorToV1(behavior: Loose): Loose {
  return goValue({ ScaleUp: ["scaleUp", null, RULES], ScaleDown: ["scaleDown", null, RULES] }, behavior);
}

export function conditionToV1({ type = "", status = "", lastTransitionTime, reason, message }: Loose): Loose {
  return {
    type,
    status,
    lastTransitionTime: lastTransitionTime ?? null,
    reason: reason || undefined,
    message: message || undefined,
  };
}
