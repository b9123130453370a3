// What kube-apiserver warns of when a pod or a pod template is written (kk:pkg/api/pod/warnings.go): what is deprecated or does nothing, what
// hides or overlaps something, what matches nothing. Says nothing about what is invalid: that was refused before.
import type { KubeObject, Loose } from "../object.ts";
import { warnIP } from "../rules/ip.ts";
import { sameJson } from "../rules/metadata.ts";
import { labelValueErrors } from "../rules/names.ts";
import { deprecatedNodeLabel, expressionWarnings, nodeLabelWarnings } from "../rules/nodelabels.ts";
import { claimSpecWarnings } from "../storage/claimspec.ts";
import { APPARMOR, SECCOMP_CONTAINER, SECCOMP_POD, appArmorProfileOf, appArmorWarning } from "./annotations.ts";
import { eachContainer } from "./visit.ts";
import { bytesWarnings, containerWarnings } from "./warningscontainers.ts";
import { pathWarnings } from "./warningspaths.ts";

const NOT_IN_USE = Object.entries({
  "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
});

const OLD_VOLUMES: Record<string, string> = {
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  gitRepo: "deprecated in v1.11, and disabled by default in v1.33+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  flocker: "deprecated in v1.22, non-functional in v1.25+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  quobyte: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
};

/** Where upstream says a field otherwise than v1 does. */
const SAID: Record<string, string> = { storageos: "storageOS" };

export function podWarnings({ metadata, spec }: KubeObject): string[] {
  return warningsOf(metadata, spec, "");
}

/** `path` is that of the template. */
export function podTemplateWarnings(template: Loose, path: string): string[] {
  if (!template?.spec) return [];
  return [
    ...warningsOf(template.metadata, template.spec, `${path}.`),
    ...appArmorWarnings(template.metadata?.annotations, template.spec, path),
  ];
}

/** Those of spec.template, unless it is an update that changes nothing that counts. */
export function templateWarnings(object: KubeObject, old?: KubeObject): string[] {
  const changed = old === undefined || object.metadata.generation !== old.metadata.generation;
  return changed ? podTemplateWarnings(object.spec.template, "spec.template") : [];
}

function warningsOf(metadata: Loose, spec: Loose, prefix: string): string[] {
  const path = `${prefix}spec`;
  const annotations: Record<string, string> | undefined = metadata?.annotations ?? undefined;
  const annotation = (key: string): string => `${prefix}metadata.annotations[${key}]`;
  const found = [
    ...nodeWarnings(spec, path),
    ...(annotations === undefined ? [] : NOT_IN_USE).flatMap(([key, why]) =>
      Object.hasOwn(annotations ?? {}, key) ? [`${annotation(key)}: ${why}`] : [],
    ),
    ...volumeWarnings(spec.volumes ?? [], `${path}.volumes`),
    ...duplicates(spec.hostAliases ?? [], "ip", `${path}.hostAliases`),
    ...duplicates(spec.imagePullSecrets ?? [], "name", `${path}.imagePullSecrets`),
    ...emptySecrets(spec.imagePullSecrets ?? [], `${path}.imagePullSecrets`),
    ...bytesWarnings(spec.overhead, `${path}.overhead`),
  ];
  if (annotations !== undefined) {
    const seccomp = (key: string): void => {
      if (Object.hasOwn(annotations, key))
        found.push(`${annotation(key)}: non-functional in v1.27+; use the "seccompProfile" field instead`);
    };
    if (!spec.securityContext?.seccompProfile) seccomp(SECCOMP_POD);
    eachContainer(spec, path, ({ name = "", securityContext }) => {
      if (!securityContext?.seccompProfile) seccomp(SECCOMP_CONTAINER + name);
    });
  }
  found.push(...containerWarnings(spec, path));
  if (spec.terminationGracePeriodSeconds < 0)
    found.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  found.push(...affinityWarnings(spec.affinity, `${path}.affinity`));
  const servers: string[] = spec.dnsConfig?.nameservers ?? [];
  found.push(...servers.flatMap((ip, index) => warnIP(`${path}.dnsConfig.nameservers[${index}]`, ip)));
  const aliases: Loose[] = spec.hostAliases ?? [];
  found.push(...aliases.flatMap(({ ip = "" }, index) => warnIP(`${path}.hostAliases[${index}].ip`, ip)));
  return found;
}

const NO_MATCH = "labelSelector: a null labelSelector results in matching no pod";

/** Labels of nodes that are deprecated, selectors without one. */
function nodeWarnings(spec: Loose, path: string): string[] {
  const found = nodeLabelWarnings(Object.keys(spec.nodeSelector ?? {}), (key) => `${path}.nodeSelector[${key}]`);
  const affinity = spec.affinity?.nodeAffinity;
  const at = `${path}.affinity.nodeAffinity`;
  const needed = `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  const terms: Loose[] = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const [index, term] of terms.entries())
    found.push(...expressionWarnings(term.matchExpressions, `${needed}[${index}]`));
  const preferred: Loose[] = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const [index, { preference }] of preferred.entries()) {
    const field = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`;
    found.push(...expressionWarnings(preference?.matchExpressions, field), ...valueWarnings(preference, field));
  }
  for (const [index, { topologyKey, labelSelector }] of ((spec.topologySpreadConstraints ?? []) as Loose[]).entries()) {
    const field = `${path}.topologySpreadConstraints[${index}]`;
    const why = deprecatedNodeLabel(topologyKey);
    if (why !== undefined) found.push(`${field}.topologyKey: ${topologyKey} is ${why}`);
    if (!labelSelector) found.push(`${field}.${NO_MATCH}`);
  }
  return found;
}

function valueWarnings(term: Loose, path: string): string[] {
  return ((term?.matchExpressions ?? []) as Loose[]).flatMap(({ values = [] }, index) =>
    (values as string[]).flatMap((value, at) =>
      labelValueErrors(value).map(
        (why) => `${path}.matchExpressions[${index}].values[${at}]: ${value} is invalid, ${why}`,
      ),
    ),
  );
}

function affinityWarnings(affinity: Loose, path: string): string[] {
  if (!affinity) return [];
  return ["podAffinity", "podAntiAffinity"].flatMap((kind) => {
    const required: Loose[] = affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred: Loose[] = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const at = `${path}.${kind}`;
    return [
      ...required.flatMap((term, index) =>
        term.labelSelector ? [] : [`${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}].${NO_MATCH}`],
      ),
      ...preferred.flatMap(({ podAffinityTerm: term }, index) =>
        term?.labelSelector
          ? []
          : [`${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.${NO_MATCH}`],
      ),
    ];
  });
}

function volumeWarnings(volumes: Loose[], path: string): string[] {
  if (volumes.length === 0) return pathWarnings(volumes);
  const found = volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const old = Object.entries(OLD_VOLUMES).flatMap(([source, why]) =>
      volume[source] ? [`${at}.${SAID[source] ?? source}: ${why}`] : [],
    );
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
    return claim ? [...old, ...claimSpecWarnings(claim, `${at}.ephemeral.volumeClaimTemplate.spec`)] : old;
  });
  return [...found, ...pathWarnings(volumes)];
}

function duplicates(list: Loose[], key: string, path: string): string[] {
  const values = list.map((one) => one[key] ?? "");
  return values.flatMap((value, index) =>
    values.indexOf(value) < index ? [`${path}[${index}].${key}: duplicate ${key} ${JSON.stringify(value)}`] : [],
  );
}

function emptySecrets(list: Loose[], path: string): string[] {
  return list.flatMap(({ name }, index) => (name ? [] : [`${path}[${index}].name: invalid empty name ""`]));
}

/** Of a template; a pod's own annotations become fields as it is created (pod/create.ts), which is where they are warned of. */
function appArmorWarnings(annotations: Record<string, string> | undefined, spec: Loose, path: string): string[] {
  const found: string[] = [];
  if (!annotations) return found;
  const pod = spec.securityContext?.appArmorProfile;
  eachContainer(spec, path, ({ name = "", securityContext }) => {
    const key = APPARMOR + name;
    const annotation = annotations[key];
    if (annotation === undefined || securityContext?.appArmorProfile) return;
    if (!pod || !sameJson(pod, appArmorProfileOf(annotation))) found.push(appArmorWarning(`${path}.`, key));
  });
  return found;
}
