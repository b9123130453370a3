// What must stand beside a workload in a member: its Namespace, the ConfigMaps, Secrets and ServiceAccounts that its pod template names,
// and the Services that select its pods. Names only; whether they exist and may leave the root is asked when they are read.
import { followersNamedBy } from "../../kinds/podspec.ts";
import { templateName } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";

export const NAMESPACES = "namespaces";
export const SERVICES = "services";

export type Labels = Readonly<Record<string, string>>;

/** Store names of what a workload needs beside it; the Namespace first, the rest sorted. Services are found by `podLabels` instead. */
export function needsOf(template: KubeObject): string[] {
  const namespace = template.metadata.namespace ?? "";
  const named = followersNamedBy((template as Loose).spec?.template?.spec ?? {}).map(({ resource, name }) =>
    templateName({ resource, namespace, name }),
  );
  return [namespaceNeed(namespace), ...[...new Set(named)].sort()];
}

/** A Namespace is itself cluster-scoped: its store name has an empty namespace. */
export function namespaceNeed(namespace: string): string {
  return templateName({ resource: NAMESPACES, namespace: "", name: namespace });
}

export function podLabels(template: KubeObject): Labels {
  return (template as Loose).spec?.template?.metadata?.labels ?? {};
}

/** spec.selector of a Service; an empty one selects nothing (its endpoints are managed by hand). */
export function serviceSelector(service: KubeObject): Labels | undefined {
  const selector = (service as Loose).spec?.selector;
  return selector !== undefined && selector !== null && Object.keys(selector).length > 0 ? selector : undefined;
}

export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
