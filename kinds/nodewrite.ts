// A Node written back into the Cluster it is computed from: labels, annotations, taints and unschedulable are the Cluster's own. What is computed
// (two labels, the taints of a cordon and of silence) may be sent back as it was read; to change or drop it is refused, since the next read would
// show it again. Server-side apply states only what it wants, so there leaving it out drops nothing. Everything else of a Node is read-only.
import { CLUSTERS } from "./cluster.ts";
import type { FieldError, ProjectedChange, Projection } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { computedLabels, computedTaints, LAST_APPLIED, NODE_LAST_APPLIED, nodeFromCluster } from "./node.ts";
import { forbidden } from "./rules/errors.ts";
import { sameTaint, type Taint } from "./rules/taints.ts";

const READ_ONLY =
  "a node here is a whole cluster: only its labels, annotations, spec.taints and spec.unschedulable are written";

function write({ next, old, source, applied }: ProjectedChange): FieldError[] {
  const errors = [
    ...readOnlyErrors(next, old),
    ...labelErrors(next, source, applied),
    ...taintErrors(next, source, applied),
  ];
  source.metadata.labels = labelsOf(next, source);
  source.metadata.annotations = annotationsOf(next, source);
  const own: Taint[] = source.spec?.taints ?? [];
  const kept = taintsOf(next).filter((taint) => isStored(taint, own) || !COMPUTABLE.some(sameAs(taint)));
  source.spec = {
    ...source.spec,
    unschedulable: next.spec?.unschedulable || undefined,
    taints: kept.length > 0 ? kept : undefined,
  };
  return errors;
}

const taintsOf = ({ spec }: KubeObject): Taint[] => spec?.taints ?? [];
const sameAs = (taint: Taint) => (other: Taint) => sameTaint(taint, other);
const isStored = (taint: Taint, own: readonly Taint[]): boolean => own.some(sameAs(taint));

/** Whatever a cluster may be in. */
const COMPUTABLE = computedTaints({ spec: { unschedulable: true } });

function readOnlyErrors(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);
  for (const field of ["finalizers", "ownerReferences"] as const)
    if (differs(next.metadata[field], old.metadata[field])) errors.push(forbidden(`metadata.${field}`, READ_ONLY));
  for (const field of new Set([...Object.keys(next.spec ?? {}), ...Object.keys(old.spec ?? {})]))
    if (field !== "taints" && field !== "unschedulable" && differs(next.spec?.[field], old.spec?.[field]))
      errors.push(forbidden(`spec.${field}`, READ_ONLY));
  return errors;
}

function labelErrors(next: KubeObject, source: KubeObject, applied: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(computedLabels(source))) {
    const sent = next.metadata.labels?.[key];
    if (sent === value || (sent === undefined && applied)) continue;
    const why = `it is computed from the cluster and always ${JSON.stringify(value)}`;
    errors.push(forbidden(`metadata.labels[${key}]`, why));
  }
  return errors;
}

const HOW: Readonly<Record<string, string>> = {
  "node.kubernetes.io/unschedulable": "it stands while the cluster is cordoned (spec.unschedulable)",
  "node.kubernetes.io/unreachable": "it stands while the cluster's agent is not heard",
};

function taintErrors(next: KubeObject, source: KubeObject, applied: boolean): FieldError[] {
  const own: Taint[] = source.spec?.taints ?? [];
  const sent = taintsOf(next);
  const before = computedTaints(source);
  const after = computedTaints({ status: source["status"], spec: next["spec"] });
  const errors: FieldError[] = [];
  for (const taint of COMPUTABLE) {
    if (isStored(taint, own)) continue;
    const stood = before.some(sameAs(taint));
    const stands = after.some(sameAs(taint));
    const found = sent.findIndex(sameAs(taint));
    const dropped = found < 0 && stood && stands && !applied;
    const made = found >= 0 && !stood && !stands;
    if (dropped || made)
      errors.push(
        forbidden(
          dropped ? "spec.taints" : `spec.taints[${found}]`,
          `${taint.key}:${taint.effect} is computed: ${HOW[taint.key]}`,
        ),
      );
  }
  return errors;
}

/** What is computed is not stored; a label of that name that the Cluster itself has stays its own. */
function labelsOf(next: KubeObject, source: KubeObject): Record<string, string> | undefined {
  const labels = { ...next.metadata.labels };
  for (const key of Object.keys(computedLabels(source))) {
    const own = source.metadata.labels?.[key];
    if (own === undefined) delete labels[key];
    else labels[key] = own;
  }
  return orNone(labels);
}

/** `kubectl apply` keeps its configuration of the Node apart from the one of the Cluster. */
function annotationsOf(next: KubeObject, source: KubeObject): Record<string, string> | undefined {
  const { [LAST_APPLIED]: ofNode, ...annotations } = next.metadata.annotations ?? {};
  const ofCluster = source.metadata.annotations?.[LAST_APPLIED];
  if (ofCluster !== undefined) annotations[LAST_APPLIED] = ofCluster;
  if (ofNode !== undefined) annotations[NODE_LAST_APPLIED] = ofNode;
  return orNone(annotations);
}

function orNone(map: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(map).length > 0 ? map : undefined;
}

const writes = {
  fields: [
    ["metadata", "labels"],
    ["metadata", "annotations"],
    ["spec", "taints"],
    ["spec", "unschedulable"],
  ],
  renamed: [
    [
      ["metadata", "annotations", LAST_APPLIED],
      ["metadata", "annotations", NODE_LAST_APPLIED],
    ],
  ],
  computed: Object.keys(computedLabels({ metadata: { name: "" } } as KubeObject)).map((key) => [
    "metadata",
    "labels",
    key,
  ]),
  write,
} satisfies Projection["writes"];

export const nodeProjection: Projection = { source: CLUSTERS, project: nodeFromCluster, writes };
