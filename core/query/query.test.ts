// Field selectors, quantities, durations, tables and name rules.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEMBER_KINDS, ROOT_KINDS } from "../../kinds/all.ts";
import type { Kind } from "../../kinds/kind.ts";
import { objectName } from "../../kinds/rules/names.ts";
import { humanDuration } from "../../kinds/rules/duration.ts";
import { matchesFields, parseFieldSelector, requiredName } from "./field.ts";
import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  fits,
  formatQuantity,
  milliValue,
  parseQuantity,
  quantityOf,
  sumResources,
} from "./quantity.ts";
import { tableColumns, tableRow } from "./table.ts";

const kindOf = (name: string): Kind => MEMBER_KINDS.concat(ROOT_KINDS).find(({ kind }) => kind === name) as Kind;

describe("parseFieldSelector", () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", namespace: "n" },
    spec: { nodeName: "x,y" },
    status: { phase: "Running" },
  };
  it.each([
    ["metadata.name=a", true],
    ["metadata.name!=a", false],
    ["metadata.namespace==n,status.phase=Running", true],
    ["spec.nodeName=x\\,y", true],
    ["spec.hostNetwork=false", true],
    ["", true],
  ])("%j matches: %s", (text, matches) => {
    const parsed = parseFieldSelector(text, kindOf("Pod"));
    expect(parsed.ok && matchesFields(parsed.selector, pod)).toBe(matches);
  });

  it.each([
    ["spec.foo=1", "Pod", "field label not supported: spec.foo"],
    [
      "spec.foo=1",
      "Deployment",
      '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    ["metadata.namespace=x", "Namespace", "field label not supported: metadata.namespace"],
    ["status", "Pod", "invalid selector: 'status'; can't understand 'status'"],
    ["metadata.name=a=b", "Pod", "invalid field selector: unescaped character in value: 61"],
    ["metadata.name=a\\b", "Pod", "invalid field selector: invalid escape sequence: \\b"],
  ])("%j of %s fails with upstream's text", (text, kind, message) => {
    expect(parseFieldSelector(text, kindOf(kind))).toEqual({ ok: false, message });
  });

  it("knows the one name that is asked for", () => {
    const parsed = parseFieldSelector("metadata.name=a", kindOf("Pod"));
    expect(parsed.ok && requiredName(parsed.selector)).toBe("a");
  });
});

describe("quantities", () => {
  it.each([
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["2.50", "2500m"],
    ["1e3", "1e3"],
    ["1000e0", "1e3"],
    ["12e6", "12e6"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Mi", "512Ki"],
    ["512", "512"],
    ["1000", "1k"],
    ["1000000", "1M"],
    ["0", "0"],
    ["-1.5", "-1500m"],
    ["1n", "1n"],
    ["0.1n", "1n"],
    ["100Ki", "100Ki"],
    ["1Ki", "1Ki"],
    ["0.5Ki", "512"],
    ["1E", "1E"],
    [2, "2"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  it.each(["", "x", "1.2.3", "1mm", "1 Gi", "Gi", "1e", "--1"])("%j is none", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it("keeps its value when printed and read again", () => {
    const formats = fc.constantFrom("DecimalSI" as const, "BinarySI" as const, "DecimalExponent" as const);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), formats, (nano, format) => {
        expect(parseQuantity(formatQuantity({ nano, format }))?.nano).toBe(nano);
      }),
    );
  });

  it("adds, compares, counts", () => {
    expect(formatQuantity(addQuantity(quantityOf("1500m"), quantityOf("1")))).toBe("2500m");
    expect(compareQuantity(quantityOf("1Gi"), quantityOf("1G"))).toBe(1);
    expect(fits(quantityOf("4"), quantityOf("1500m"))).toBe(2);
    expect(fits(quantityOf("-1"), quantityOf("1"))).toBe(0);
    expect(fits(quantityOf("4"), quantityOf("0"))).toBe(Number.POSITIVE_INFINITY);
    expect([milliValue("0.5"), milliValue("1u"), milliValue(undefined)]).toEqual([500, 1, 0]);
    expect(sumResources([{ cpu: "500m", memory: "1Gi" }, { cpu: "1" }, undefined])).toEqual({
      cpu: "1500m",
      memory: "1Gi",
    });
  });
});

describe("humanDuration", () => {
  const S = 1000;
  const M = 60 * S;
  const H = 60 * M;
  const D = 24 * H;
  it.each([
    [-5 * S, "<invalid>"],
    [-1 * S, "0s"],
    [0, "0s"],
    [119 * S, "119s"],
    [2 * M, "2m"],
    [9 * M + 59 * S, "9m59s"],
    [10 * M + 1 * S, "10m"],
    [179 * M, "179m"],
    [3 * H, "3h"],
    [7 * H + 59 * M, "7h59m"],
    [8 * H + 59 * M, "8h"],
    [47 * H, "47h"],
    [2 * D, "2d"],
    [2 * D + 5 * H, "2d5h"],
    [8 * D + 5 * H, "8d"],
    [729 * D, "729d"],
    [730 * D, "2y"],
    [731 * D, "2y1d"],
    [8 * 365 * D + D, "8y"],
  ])("%d ms is %s", (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });
});

describe("tables", () => {
  const now = Date.parse("2026-01-01T01:00:00Z");
  const metadata = { name: "web", creationTimestamp: "2026-01-01T00:00:00Z" };
  const template = {
    spec: {
      containers: [
        { name: "a", image: "nginx" },
        { name: "b", image: "redis" },
      ],
    },
  };
  it.each([
    [
      "Deployment",
      {
        spec: { replicas: 3, selector: { matchLabels: { app: "web" } }, template },
        status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
      },
      ["web", "2/3", 3, 1, "60m", "a,b", "nginx,redis", "app=web"],
    ],
    [
      "ReplicaSet",
      { spec: { replicas: 3, selector: { matchLabels: { app: "web" } }, template }, status: { replicas: 2 } },
      ["web", 3, 2, 0, "60m", "a,b", "nginx,redis", "app=web"],
    ],
    [
      "Service",
      {
        spec: {
          type: "NodePort",
          clusterIPs: ["10.0.0.1"],
          ports: [
            { port: 80, nodePort: 30000, protocol: "TCP" },
            { port: 53, protocol: "UDP" },
          ],
          selector: { b: "1", a: "2" },
        },
      },
      ["web", "NodePort", "10.0.0.1", "<none>", "80:30000/TCP,53/UDP", "60m", "a=2,b=1"],
    ],
    ["ConfigMap", { data: { a: "" }, binaryData: { b: "" } }, ["web", 2, "60m"]],
    ["Secret", { type: "Opaque", data: { a: "" } }, ["web", "Opaque", 1, "60m"]],
    ["Namespace", { status: { phase: "Active" } }, ["web", "Active", "60m"]],
    ["ServiceAccount", {}, ["web", "60m"]],
    [
      "Event",
      {
        type: "Warning",
        reason: "Bad",
        involvedObject: { kind: "Pod", name: "p" },
        message: " m \n",
        lastTimestamp: "2026-01-01T00:59:00Z",
        firstTimestamp: "2026-01-01T00:00:00Z",
        source: { component: "c", host: "h" },
      },
      ["60s", "Warning", "Bad", "pod/p", "", "c, h", "m", "60m", 1, "web"],
    ],
    [
      "Pod",
      {
        spec: { containers: [{ name: "a" }], nodeName: "n" },
        status: {
          phase: "Running",
          podIPs: [{ ip: "10.1.1.1" }],
          containerStatuses: [
            {
              ready: true,
              restartCount: 2,
              state: { running: {} },
              lastState: { terminated: { finishedAt: "2026-01-01T00:55:00Z" } },
            },
          ],
        },
      },
      ["web", "1/1", "Running", "2 (5m ago)", "60m", "10.1.1.1", "n", "<none>", "<none>"],
    ],
    [
      "Cluster",
      {
        spec: {},
        status: {
          conditions: [{ type: "Ready", status: "True" }],
          nodes: 2,
          kubernetesVersion: "v1.36.3",
          free: { cpu: "3500m", memory: "16Gi" },
        },
      },
      ["web", "True", "<none>", 2, "v1.36.3", "3.5", "16Gi", "60m", "<none>", true],
    ],
    [
      "Node",
      {
        spec: { unschedulable: true },
        status: { conditions: [{ type: "Ready", status: "False" }], nodeInfo: { kubeletVersion: "v1" } },
      },
      [
        "web",
        "NotReady,SchedulingDisabled",
        "<none>",
        "60m",
        "v1",
        "<none>",
        "<none>",
        "<unknown>",
        "<unknown>",
        "<unknown>",
      ],
    ],
  ])("a row of a %s", (kind, body, cells) => {
    const object = { apiVersion: "v1", kind, metadata, ...body };
    expect(tableRow(kindOf(kind), object, now)).toEqual(cells);
    expect(tableColumns(kindOf(kind)).length).toBe(cells.length);
  });
});

describe("objectName", () => {
  it.each([
    ["Deployment", "a.b-c", false, 0],
    ["Deployment", "A", false, 1],
    ["Deployment", "web-", true, 0],
    ["Deployment", `${"a".repeat(254)}`, false, 1],
    ["Namespace", "a.b", false, 1],
    ["Service", "1a", false, 0],
    ["Service", "-a", false, 1],
  ])("%s named %s (prefix: %s): %d", (kind, name, prefix, count) => {
    expect(objectName(kindOf(kind).nameRule ?? "subdomain", name, prefix)).toHaveLength(count);
  });
});
