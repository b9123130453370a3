// What kube-apiserver makes of a new pod before it looks whether it is valid: its first status, label keys turned into selectors,
// AppArmor annotations turned into fields (kk:pkg/registry/core/pod/strategy.go PrepareForCreate). In place.
import type { KubeObject, Loose } from "../object.ts";
import { APPARMOR, appArmorProfileOf, appArmorWarning } from "../podspec/annotations.ts";
import { validateAppArmor } from "../podspec/securitycontext.ts";
import { eachContainer } from "../podspec/visit.ts";
import { sameJson } from "../rules/metadata.ts";
import { qosClass } from "./qos.ts";

export function prepareCreate(object: KubeObject): string[] {
  const { spec, metadata } = object;
  object.status = { phase: "Pending", qosClass: qosClass(object) };
  if ((spec.schedulingGates ?? []).length > 0) {
    const message = "Scheduling is blocked due to non-empty scheduling gates";
    object.status.conditions = [
      {
        type: "PodScheduled",
        status: "False",
        lastProbeTime: null,
        lastTransitionTime: metadata.creationTimestamp ?? null,
        reason: "SchedulingGated",
        message,
      },
    ];
  }
  for (const term of affinityTerms(spec.affinity)) selectByLabels(term, metadata.labels);
  for (const constraint of spec.topologySpreadConstraints ?? []) selectByLabels(constraint, metadata.labels);
  return spec.os?.name === "windows" ? [] : applyAppArmor(object);
}

function affinityTerms(affinity: Loose): Loose[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((rules) => [
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one: Loose) => one.podAffinityTerm ?? {}),
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
  ]);
}

/** Adds a requirement for each key whose label the pod itself has. */
function selectByLabels(term: Loose, labels: Record<string, string> | undefined): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (!labelSelector) return;
  for (const [operator, keys] of [
    ["In", matchLabelKeys],
    ["NotIn", mismatchLabelKeys],
  ] as [string, string[]][]) {
    for (const key of keys) {
      const value = labels?.[key];
      if (value === undefined) continue;
      labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), { key, operator, values: [value] }];
    }
  }
}

/** The deprecated annotation becomes the field that replaces it, unless the pod says the same for all. Answers with what upstream says to that. */
function applyAppArmor({ spec, metadata }: KubeObject): string[] {
  const warnings: string[] = [];
  eachContainer(spec, "", (container) => {
    const key = APPARMOR + (container.name ?? "");
    const annotation = metadata.annotations?.[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) return;
    const profile = appArmorProfileOf(annotation);
    const valid = profile !== undefined && validateAppArmor(profile, "").length === 0;
    if (valid && sameJson(profile, spec.securityContext?.appArmorProfile)) return;
    warnings.push(appArmorWarning("", key));
    if (!valid) return;
    container.securityContext ??= {};
    container.securityContext.appArmorProfile = profile;
  });
  return warnings;
}
