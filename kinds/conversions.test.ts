// Laws of the two conversions: what is stored survives being read and written back by a client of the other version.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventsV1 } from "./eventsv1.ts";
import { event } from "./event.ts";
import { schemaOf } from "./facts/schema.ts";
import { horizontalPodAutoscaler } from "./horizontalpodautoscaler.ts";
import { horizontalPodAutoscalerV1 } from "./horizontalpodautoscalerv1.ts";
import type { Conversion, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";

const json = (value: Loose): Loose => JSON.parse(JSON.stringify(value));
const conversionOf = (kind: Kind): Conversion => kind.conversion as Conversion;

/** An object with only those of the fields that were drawn. */
const some = (fields: Record<string, fc.Arbitrary<Loose>>, required: string[] = []): fc.Arbitrary<Loose> =>
  fc.record(fields, { requiredKeys: required, noNullPrototype: true });

const word = fc.stringMatching(/^[a-z<&"\u2028é]{1,8}$/);
const count = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const quantity = fc.constantFrom("1", "1500m", "2Gi", "10k", "3e6");
const selector = some({
  matchLabels: fc.dictionary(word, word, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  matchExpressions: fc.array(
    fc.record({ key: word, operator: fc.constant("In"), values: fc.array(word, { minLength: 1 }) }),
    { minLength: 1, maxLength: 2 },
  ),
});
const metric = some({ name: word, selector }, ["name"]);
const described = some({ kind: word, name: word, apiVersion: word }, ["kind", "name"]);
const value = quantity.map((text) => ({ type: "Value", value: text }));
const average = quantity.map((text) => ({ type: "AverageValue", averageValue: text }));
const ofResource = fc.oneof(
  average,
  count.map((percent) => ({ type: "Utilization", averageUtilization: percent })),
);
const shaped = (type: string, field: string, fields: Record<string, fc.Arbitrary<Loose>>): fc.Arbitrary<Loose> =>
  fc.record({ type: fc.constant(type), [field]: fc.record(fields) });

const spec = fc.oneof(
  shaped("Pods", "pods", { metric, target: average }),
  shaped("Object", "object", { metric, describedObject: described, target: fc.oneof(value, average) }),
  shaped("External", "external", { metric, target: fc.oneof(value, average) }),
  shaped("Resource", "resource", { name: fc.constantFrom("memory", "a/b"), target: ofResource }),
  shaped("ContainerResource", "containerResource", {
    name: fc.constantFrom("cpu", "memory"),
    container: word,
    target: ofResource,
  }),
);
const cpuPercent = count.map((percent) => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } },
}));
/** v1 has room for one CPU percentage, and puts it last. */
const metrics = fc
  .tuple(fc.array(spec, { maxLength: 4 }), fc.option(cpuPercent))
  .map(([others, cpu]) => (cpu ? [...others, cpu] : others))
  .filter((list) => list.length > 0);

const current = quantity.map((text) => ({ averageValue: text }));
const both = fc.record({ value: quantity, averageValue: quantity });
const usage = fc.record({ averageValue: quantity, averageUtilization: count });
const currentMetrics = fc.array(
  fc.oneof(
    shaped("Pods", "pods", { metric, current }),
    shaped("Object", "object", { metric, describedObject: described, current: both }),
    shaped("External", "external", { metric, current: both }),
    shaped("Resource", "resource", { name: fc.constantFrom("cpu", "memory"), current: fc.oneof(current, usage) }),
    shaped("ContainerResource", "containerResource", { name: word, container: word, current: usage }),
  ),
  { minLength: 1, maxLength: 3 },
);
const rules = some({
  stabilizationWindowSeconds: count,
  selectPolicy: fc.constantFrom("Max", "Min", "Disabled"),
  policies: fc.array(fc.record({ type: fc.constantFrom("Pods", "Percent"), value: count, periodSeconds: count }), {
    minLength: 1,
  }),
  tolerance: quantity,
});
const time = fc.constant("2026-01-02T03:04:05Z");
const conditions = fc.array(
  some(
    { type: word, status: fc.constantFrom("True", "False"), lastTransitionTime: time, reason: word, message: word },
    ["type", "status"],
  ),
  { minLength: 1 },
);

const stored = fc
  .record({
    annotations: fc.dictionary(word, word, { minKeys: 1, noNullPrototype: true }),
    spec: some(
      { maxReplicas: count, minReplicas: count, metrics, behavior: some({ scaleUp: rules, scaleDown: rules }) },
      ["metrics"],
    ),
    status: some({
      currentReplicas: count,
      desiredReplicas: count,
      lastScaleTime: time,
      observedGeneration: count,
      currentMetrics,
      conditions,
    }),
  })
  .map(({ annotations, ...fields }): KubeObject => {
    const object = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web", annotations },
      ...fields,
    };
    horizontalPodAutoscaler.setDefaults?.(object);
    return json(object);
  });

describe("HorizontalPodAutoscaler", () => {
  const { toStored, fromStored } = conversionOf(horizontalPodAutoscalerV1);
  const again = (object: KubeObject): KubeObject => {
    const back = toStored(json(fromStored(object)));
    horizontalPodAutoscaler.setDefaults?.(back);
    return json(back);
  };

  it("stored, read as v1 and written back is what it was", () => {
    fc.assert(fc.property(stored, (object) => void expect(again(object)).toEqual(object)));
  });

  it("leaves what it converts as it was", () => {
    fc.assert(
      fc.property(stored, (object) => {
        const before = json(object);
        const shown = fromStored(object);
        const seen = json(shown);
        toStored(shown);
        expect([object, json(shown)]).toEqual([before, seen]);
      }),
    );
  });

  it("whatever stands in the annotations, something is stored, and reading it again changes nothing", () => {
    const names = ["metrics", "current-metrics", "conditions", "behavior"].map(
      (name) => `autoscaling.alpha.kubernetes.io/${name}`,
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((one) => `[${one}]`),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text, { noNullPrototype: true }), (annotations) => {
        const object = {
          apiVersion: "autoscaling/v1",
          kind: "HorizontalPodAutoscaler",
          metadata: { name: "web", annotations },
        };
        horizontalPodAutoscalerV1.setDefaults?.(object);
        const once = toStored(object);
        horizontalPodAutoscaler.setDefaults?.(once);
        expect(again(json(once))).toEqual(json(once));
        expect(horizontalPodAutoscaler.validate?.(json(once))).toBeInstanceOf(Array);
      }),
    );
  });

  it.each([
    [
      "in any case, unknown fields ignored",
      '[{"TYPE":"Pods","x":1,"pods":{"metricname":"m","targetAverageValue":"1"}}]',
      "Pods",
    ],
    ["of a wrong type", '[{"type":1}]', "Resource"],
    ["null", "null", "Resource"],
    ["no JSON", "[", "Resource"],
    ["of a malformed quantity", '[{"type":"Pods","pods":{"targetAverageValue":"x"}}]', "Resource"],
  ])("metrics said %s", (_name, text, type) => {
    const annotations = { "autoscaling.alpha.kubernetes.io/metrics": text };
    const object = {
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web", annotations },
    };
    expect(toStored(object).spec.metrics[0].type).toBe(type);
    expect(toStored(object).metadata.annotations).toBeUndefined();
  });
});

const reference = some({ kind: word, namespace: word, name: word, uid: word, fieldPath: word });
const storedEvent = some({
  involvedObject: reference,
  related: reference,
  reason: word,
  message: word,
  source: some({ component: word, host: word }),
  firstTimestamp: time,
  lastTimestamp: time,
  eventTime: fc.constant("2026-01-02T03:04:05.000006Z"),
  count,
  type: word,
  action: word,
  series: fc.record({ count, lastObservedTime: fc.constant("2026-01-02T03:04:05.000006Z") }),
  reportingComponent: word,
  reportingInstance: word,
}).map((fields): KubeObject => {
  const object = { apiVersion: "v1", kind: "Event", metadata: { name: "one", namespace: "default" }, ...fields };
  event.setDefaults?.(object);
  event.prepareCreate?.(object);
  return json(object);
});

describe("Event", () => {
  const { toStored, fromStored } = conversionOf(eventsV1);

  it("stored, read as events.k8s.io/v1 and written back is what it was", () => {
    fc.assert(
      fc.property(storedEvent, (object) => void expect(json(toStored(json(fromStored(object))))).toEqual(object)),
    );
  });

  it("shows no field that its version does not have", () => {
    const known = schemaOf(eventsV1.schema).properties;
    fc.assert(
      fc.property(storedEvent, (object) => {
        for (const field of Object.keys(fromStored(object))) expect([field, known?.has(field)]).toEqual([field, true]);
      }),
    );
  });

  it("selects and shows the same by either version", () => {
    fc.assert(
      fc.property(storedEvent, (object) => {
        const shown = fromStored(object);
        for (const [name, read] of Object.entries(eventsV1.fields ?? {})) {
          const there = name
            .replace("regarding", "involvedObject")
            .replace("reportingController", "reportingComponent");
          expect(read(shown)).toBe(event.fields?.[there]?.(object));
        }
        const cells = (kind: Kind, one: KubeObject): Loose[] => kind.columns.map((column) => column.cell(one, 0));
        expect(cells(eventsV1, shown)).toEqual(cells(event, object));
      }),
    );
  });
});
