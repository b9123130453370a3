// What every workload controller does with pods: makes them from a template, tells ready ones from others, knows which revision they are of.
import { podTemplateHash } from "../../core/schedule/revision.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { pod as podKind, PODS } from "../../kinds/pod.ts";
import { create, type Member, ownedBy, ownerReference, randomSuffix, type Stored } from "./objects.ts";

export const REVISION_HASH = "controller-revision-hash";

export interface PodParts {
  /** Whole; or what a random suffix is added to. */
  name: string | { generateName: string };
  template: Loose;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec?: Loose;
}

export async function createPod(member: Member, owner: KubeObject, parts: PodParts): Promise<boolean> {
  const { name, template, labels, annotations, spec } = parts;
  return create(member, podKind, {
    metadata: {
      ...(typeof name === "string"
        ? { name }
        : { name: `${name.generateName}${randomSuffix(member.random)}`, ...name }),
      namespace: owner.metadata.namespace,
      labels: { ...template.metadata?.labels, ...labels },
      annotations: { ...template.metadata?.annotations, ...annotations },
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...structuredClone(template.spec), ...spec },
  });
}

export async function podsOf(member: Member, owner: KubeObject): Promise<Stored[]> {
  const { name, namespace = "", uid = "" } = owner.metadata;
  return ownedBy(member.store, PODS, { name, namespace, uid });
}

/** As controllers name a revision of a pod template. */
export function revisionOf(owner: KubeObject): string {
  return `${owner.metadata.name}-${podTemplateHash(owner.spec.template)}`;
}

function readyCondition(pod: KubeObject): Loose {
  return ((pod.status?.conditions ?? []) as Loose[]).find(({ type }) => type === "Ready");
}

export function isReady(pod: KubeObject): boolean {
  return readyCondition(pod)?.status === "True";
}

export function isFinished({ status }: KubeObject): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Ready for minReadySeconds; `again` asks to look then. */
export function isAvailable(
  member: Member,
  pod: KubeObject,
  minReadySeconds: number,
  again: (ms: number) => void,
): boolean {
  if (!isReady(pod)) return false;
  const left =
    minReadySeconds === 0
      ? 0
      : Date.parse(readyCondition(pod).lastTransitionTime) + minReadySeconds * 1000 - member.clock();
  if (left > 0) again(left);
  return left <= 0;
}
