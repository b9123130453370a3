// A node's labels, taints and cordon as kubectl writes them, and what is wrong with them. The federation's own nodes are Clusters in other clothes
// (kinds/nodewrite.ts) and share this validation. The taint is sent along that admission would add.
import type { Sent, Step } from "./run.ts";
import { APPLY, get, MERGE, patch, post, put, type Script, stepsOf, STRATEGIC } from "./script.ts";

const NOT_READY = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };

function writes(ns: string): Script {
  const name = `n-${ns}`;
  const one = `/api/v1/nodes/${name}`;
  const taints = (...more: object[]): Sent => patch(one, MERGE, { spec: { taints: [NOT_READY, ...more] } });
  const node = { apiVersion: "v1", kind: "Node", metadata: { name }, spec: { taints: [NOT_READY] } };
  return [
    ["create", post("/api/v1/nodes", node)],
    ["label", patch(one, STRATEGIC, { metadata: { labels: { tier: "gold" } } })],
    ["a label that is none", patch(one, STRATEGIC, { metadata: { labels: { "a b": "c d" } } })],
    ["cordon", patch(one, STRATEGIC, { spec: { unschedulable: true } })],
    ["uncordon", patch(one, STRATEGIC, { spec: { unschedulable: null } })],
    ["taint", taints({ key: "gpu", value: "yes", effect: "NoSchedule" })],
    ["taint without an effect", taints({ key: "gpu" })],
    ["taint of an effect that is none", taints({ key: "gpu", effect: "Never" })],
    ["taint without a key", taints({ effect: "NoSchedule" })],
    ["taint with a key and a value that are none", taints({ key: "a b", value: "c d", effect: "NoExecute" })],
    [
      "the same taint twice",
      taints({ key: "a", value: "1", effect: "NoSchedule" }, { key: "a", effect: "NoSchedule" }),
    ],
    ["the same key twice", taints({ key: "a", effect: "NoExecute" }, { key: "a", effect: "NoSchedule" })],
    ["a version of before", put(one, { ...node, metadata: { name, resourceVersion: "1" } })],
    [
      "apply",
      patch(`${one}?fieldManager=g`, APPLY, { ...node, spec: undefined, metadata: { name, labels: { a: "1" } } }),
    ],
    ["apply what is another's", patch(`${one}?fieldManager=g`, APPLY, node)],
    ["get", get(one)],
  ];
}

export function nodeSequences(): Record<string, Step[]> {
  return stepsOf({ nodes: writes });
}
