// Both versions of a HorizontalPodAutoscaler with a status, compared with a real kube-apiserver: the annotations' text, what comes back
// from them, and the columns.
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tableRow } from "../../core/query/table.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { horizontalPodAutoscaler } from "../horizontalpodautoscaler.ts";
import { horizontalPodAutoscalerV1 } from "../horizontalpodautoscalerv1.ts";
import type { Loose } from "../object.ts";

const selector = { matchLabels: { b: "1", a: "2" }, matchExpressions: [{ key: "k", operator: "In", values: ["v"] }] };
const described = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "main" };
const TIME = "2026-01-02T03:04:05Z";

const cpu = (current: Loose): Loose => ({ type: "Resource", resource: { name: "cpu", current } });
const cpuGoal = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
};
const conditions = [
  { type: "AbleToScale", status: "True", lastTransitionTime: TIME, reason: "R", message: "a <b> & c\u2028" },
  { type: "ScalingActive", status: "Unknown" },
];

/** CPU stands last: that is where reading back from v1 puts it, so that rows of v1 show it there (upstream's print what is stored). Name, spec.metrics, spec.behavior, status.currentMetrics. */
const CASES: [string, Loose[], Loose, Loose[]][] = [
  ["cpu alone", [cpuGoal], undefined, [cpu({ averageUtilization: 40, averageValue: "100m" })]],
  ["cpu without a percentage", [cpuGoal], undefined, [cpu({ averageValue: "100m" })]],
  [
    "the last cpu counts",
    [
      { type: "Resource", resource: { name: "memory", target: { type: "AverageValue", averageValue: "1Gi" } } },
      cpuGoal,
    ],
    {},
    [cpu({ averageUtilization: 40, averageValue: "5m" }), cpu({ averageUtilization: 50, averageValue: "1" })],
  ],
  [
    "every source",
    [
      { type: "Pods", pods: { metric: { name: "p", selector }, target: { type: "AverageValue", averageValue: "5" } } },
      {
        type: "Object",
        object: { metric: { name: "o" }, describedObject: described, target: { type: "Value", value: "10k" } },
      },
      {
        type: "Object",
        object: {
          metric: { name: "o", selector },
          describedObject: described,
          target: { type: "AverageValue", averageValue: "1500m" },
        },
      },
      { type: "External", external: { metric: { name: "e", selector }, target: { type: "Value", value: "7" } } },
      { type: "External", external: { metric: { name: "e" }, target: { type: "AverageValue", averageValue: "7" } } },
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "c", target: { type: "Utilization", averageUtilization: 3 } },
      },
      cpuGoal,
    ],
    {
      scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 5 }], tolerance: "0.05" },
      scaleDown: { stabilizationWindowSeconds: 7, selectPolicy: "Disabled" },
    },
    [
      { type: "Pods", pods: { metric: { name: "p", selector }, current: { averageValue: "6" } } },
      {
        type: "Object",
        object: { metric: { name: "o" }, describedObject: { kind: "Pod", name: "x" }, current: { value: "11k" } },
      },
      {
        type: "Object",
        object: { metric: { name: "o" }, describedObject: described, current: { value: "1", averageValue: "2" } },
      },
      { type: "External", external: { metric: { name: "e", selector }, current: { value: "8" } } },
      { type: "External", external: { metric: { name: "e" }, current: { averageValue: "8" } } },
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "c", current: { averageUtilization: 4 } },
      },
      cpu({ averageUtilization: 40, averageValue: "100m" }),
    ],
  ],
  [
    "two shown: averages of objects and containers",
    [
      {
        type: "Object",
        object: {
          metric: { name: "o" },
          describedObject: described,
          target: { type: "AverageValue", averageValue: "3" },
        },
      },
      {
        type: "ContainerResource",
        containerResource: { name: "memory", container: "c", target: { type: "AverageValue", averageValue: "1Gi" } },
      },
    ],
    undefined,
    [
      { type: "Object", object: { metric: { name: "o" }, describedObject: described, current: { averageValue: "2" } } },
      {
        type: "ContainerResource",
        containerResource: { name: "memory", container: "c", current: { averageValue: "5Mi" } },
      },
    ],
  ],
  [
    "two shown: external",
    [
      { type: "External", external: { metric: { name: "e" }, target: { type: "AverageValue", averageValue: "7" } } },
      { type: "External", external: { metric: { name: "e" }, target: { type: "Value", value: "7" } } },
    ],
    undefined,
    [
      { type: "External", external: { metric: { name: "e" }, current: { averageValue: "8" } } },
      { type: "External", external: { metric: { name: "e" }, current: { value: "8" } } },
    ],
  ],
  [
    "two shown: of other sources than their metrics",
    [{ type: "Pods", pods: { metric: { name: "p" }, target: { type: "AverageValue", averageValue: "5" } } }, cpuGoal],
    undefined,
    [cpu({ averageUtilization: 1 })],
  ],
];

const BASE = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";

describeReal("HorizontalPodAutoscaler in both versions", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "hpa" });
  }, 60_000);
  afterAll(() => plane?.stop());

  function table(path: string): Promise<Loose> {
    const headers = { authorization: `Bearer ${plane.token}`, accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
    return new Promise((resolve, reject) => {
      get(`${plane.server}${path}`, { headers, ca: readFileSync(plane.caFile) }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () => resolve(JSON.parse(body)));
      }).on("error", reject);
    });
  }

  it.each(CASES)("%s", async (_name, metrics, behavior, currentMetrics) => {
    const manifest = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "one", annotations: { mine: "kept" } },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        maxReplicas: 9,
        metrics,
        behavior,
      },
    };
    expect((await plane.call("POST", BASE, manifest)).status).toBe(201);
    try {
      const status = {
        currentMetrics,
        conditions,
        currentReplicas: 2,
        desiredReplicas: 3,
        lastScaleTime: TIME,
        observedGeneration: 1,
      };
      expect((await plane.call("PUT", `${BASE}/one/status`, { ...manifest, status })).status).toBe(200);
      const v2 = (await plane.call("GET", `${BASE}/one`)).body;
      const v1 = (await plane.call("GET", `${BASE.replace("v2", "v1")}/one`)).body;
      delete v1.metadata.managedFields;
      delete v2.metadata.managedFields;
      const shown = JSON.parse(JSON.stringify(horizontalPodAutoscalerV1.conversion?.fromStored(v2)));
      expect(shown).toEqual(v1);
      const [row, row1] = [await table(`${BASE}/one`), await table(`${BASE.replace("v2", "v1")}/one`)];
      const [now, cells] = [
        Date.parse(v2.metadata.creationTimestamp),
        (answer: Loose) => answer.rows[0].cells.slice(0, -1),
      ];
      expect(tableRow(horizontalPodAutoscaler, v2, now).slice(0, -1)).toEqual(cells(row));
      expect(tableRow(horizontalPodAutoscalerV1, v1, now).slice(0, -1)).toEqual(cells(row1));

      // Written back as v1 it is what it was, but for what the annotations cannot say.
      const back = (await plane.call("PUT", `${BASE.replace("v2", "v1")}/one/status?dryRun=All`, v1)).body;
      const stored = horizontalPodAutoscalerV1.conversion?.toStored(v1) as Loose;
      const again = JSON.parse(JSON.stringify(horizontalPodAutoscalerV1.conversion?.fromStored(stored)));
      delete back.metadata.managedFields;
      expect(again).toEqual(back);
      await plane.call("PUT", `${BASE.replace("v2", "v1")}/one/status`, v1);
      await plane.call("PUT", `${BASE.replace("v2", "v1")}/one`, v1);
      const after = (await plane.call("GET", `${BASE}/one`)).body;
      delete after.metadata.managedFields;
      after.metadata.resourceVersion = stored.metadata.resourceVersion;
      horizontalPodAutoscaler.setDefaults?.(stored as never);
      expect(JSON.parse(JSON.stringify(stored))).toEqual(after);
    } finally {
      await plane.call("DELETE", `${BASE}/one`);
    }
  });
});
