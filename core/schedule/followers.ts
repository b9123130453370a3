// What must stand beside a workload in a member: its Namespace, the ConfigMaps, Secrets, ServiceAccounts, PriorityClass and
// PersistentVolumeClaims that its pod template names, the Service that a StatefulSet names, and the Services that select its pods (finding.ts:
// what else finds them). Names only; whether they exist and may leave the root is asked when they are read.
import { followersNamedBy } from "../../kinds/podspec.ts";
import { templateName } from "../../kinds/binding.ts";
import { podTemplateOf } from "./podtemplate.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";

export const NAMESPACES = "namespaces";
export const SERVICES = "services";

export type Labels = Readonly<Record<string, string>>;

/** Store names of what a workload needs beside it; the Namespace first, the rest sorted. Services are found by `podLabels` instead. */
export function needsOf(template: KubeObject): string[] {
  const namespace = template.metadata.namespace ?? "";
  const named = followersNamedBy(podTemplateOf(template).spec ?? {}).map(({ resource, name, clusterScoped }) =>
    templateName({ resource, namespace: clusterScoped ? "" : namespace, name }),
  );
  const governing: unknown = (template as Loose).spec?.serviceName;
  if (typeof governing === "string" && governing !== "")
    named.push(templateName({ resource: SERVICES, namespace, name: governing }));
  return [namespaceNeed(namespace), ...[...new Set(named)].sort()];
}

/** What the names of a StatefulSet's own claims begin with; its pods' ordinals follow (pkg/controller/statefulset, getPersistentVolumeClaimName). */
export function claimPrefixes(template: KubeObject): string[] {
  const own: unknown = (template as Loose).spec?.volumeClaimTemplates;
  if (!Array.isArray(own)) return [];
  return own.map(({ metadata }: Loose) => `${metadata?.name}-${template.metadata.name}-`);
}

/** Has one of its pods this ordinal, as a name ends with it? */
export function isOrdinalOf(template: KubeObject, text: string): boolean {
  const { replicas = 1, ordinals } = (template as Loose).spec ?? {};
  const first = ordinals?.start ?? 0;
  return /^(0|[1-9]\d{0,9})$/.test(text) && Number(text) >= first && Number(text) < first + replicas;
}

/** A Namespace is itself cluster-scoped: its store name has an empty namespace. */
export function namespaceNeed(namespace: string): string {
  return templateName({ resource: NAMESPACES, namespace: "", name: namespace });
}

export function podLabels(template: KubeObject): Labels {
  return podTemplateOf(template).metadata?.labels ?? {};
}

/** spec.selector of a Service; an empty one selects nothing (its endpoints are managed by hand). */
export function serviceSelector(service: KubeObject): Labels | undefined {
  const selector = (service as Loose).spec?.selector;
  return selector !== undefined && selector !== null && Object.keys(selector).length > 0 ? selector : undefined;
}

export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
