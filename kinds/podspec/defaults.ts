// Defaults of a pod spec, as kk:pkg/apis/core/v1/defaults.go and zz_generated.defaults.go fill them in: in place, idempotent.
// `templateSpec` for pods inside workloads; `podSpec` adds what only a Pod itself gets.
import type { Loose } from "../object.ts";
import { aggregate } from "./aggregate.ts";
import { dropDisabled } from "./drop.ts";
import { isLatest } from "./image.ts";
import { isPodLevel, mayOvercommit } from "./resources.ts";
import { isHugePages } from "../rules/resourcelist.ts";
import { formatQuantity, parseQuantity, roundUpMilli } from "../rules/quantity.ts";

/** Defaults of the spec inside a pod template. */
export function defaultTemplateSpec(spec: Loose): void {
  dropDisabled(spec);
  spec.dnsPolicy ||= "ClusterFirst";
  spec.restartPolicy ||= "Always";
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= "default-scheduler";
  // The deprecated name of the same field is kept equal by conversion (kk:pkg/apis/core/v1/conversion.go).
  spec.serviceAccountName ||= spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else delete spec.serviceAccountName;
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const list of [spec.initContainers, spec.containers, spec.ephemeralContainers]) {
    for (const container of list ?? []) defaultContainer(container);
  }
  defaultResources(spec.overhead);
  if (spec.resources) {
    defaultResources(spec.resources.limits);
    defaultResources(spec.resources.requests);
  }
}

/** Defaults of a Pod: requests follow limits, service links are on. */
export function defaultPodSpec(spec: Loose): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const limits = container.resources?.limits;
    if (!limits) continue;
    container.resources.requests = { ...limits, ...container.resources.requests };
  }
  defaultPodResources(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork === true) hostPorts(spec);
  defaultTemplateSpec(spec);
  // Of pods alone (kk:pkg/apis/core/v1/conversion.go Convert_v1_Pod_To_core_Pod).
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
}

/** A pod that asks for something as a whole asks for what its containers need, and else for its limits. */
function defaultPodResources({ resources, ...spec }: Loose): void {
  if (!resources) return;
  const { requests, limits } = resources;
  const asks = (list: Loose): boolean => Object.keys(list ?? {}).length > 0;
  if (asks(requests) || asks(limits)) {
    const pages: Record<string, string> = {};
    for (const [name, quantity] of aggregate(spec, "limits"))
      if (isHugePages(name) && requests?.[name] === undefined) pages[name] = formatQuantity(quantity);
    if (asks(limits) || asks(pages)) resources.limits = { ...pages, ...limits };
  }
  if (!asks(resources.limits)) return;
  const needed: Record<string, string> = {};
  for (const [name, text] of Object.entries(resources.limits)) if (isPodLevel(name)) needed[name] = text as string;
  for (const [name, quantity] of aggregate(spec, "requests"))
    if (isPodLevel(name) && mayOvercommit(name)) needed[name] = formatQuantity(quantity);
  if (asks(needed) || asks(requests)) resources.requests = { ...needed, ...requests };
}

function hostPorts(spec: Loose): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
}

function defaultContainer(container: Loose): void {
  container.imagePullPolicy ||= isLatest(container.image ?? "") ? "Always" : "IfNotPresent";
  container.terminationMessagePath ||= "/dev/termination-log";
  container.terminationMessagePolicy ||= "File";
  for (const port of container.ports ?? []) port.protocol ||= "TCP";
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= "v1";
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
    if (valueFrom?.resourceFieldRef)
      valueFrom.resourceFieldRef.divisor = canonical(valueFrom.resourceFieldRef.divisor ?? "0");
  }
  container.resources ??= {};
  defaultResources(container.resources.limits);
  defaultResources(container.resources.requests);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) defaultProbe(probe);
  }
  defaultHttpGet(container.lifecycle?.postStart?.httpGet);
  defaultHttpGet(container.lifecycle?.preStop?.httpGet);
}

function defaultProbe(probe: Loose): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= "";
}

function defaultHttpGet(action: Loose): void {
  if (!action) return;
  action.path ||= "/";
  action.scheme ||= "HTTP";
}

function canonical(text: string | number): string | number {
  const quantity = parseQuantity(text);
  return quantity === undefined ? text : formatQuantity(quantity);
}

/** Amounts in canonical text, rounded up to milli-units. */
function defaultResources(list: Record<string, string | number> | undefined | null): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    if (quantity !== undefined && list) list[name] = formatQuantity(roundUpMilli(quantity));
  }
}

const DEFAULT_MODE = 0o644;

function defaultVolume(volume: Loose): void {
  if (Object.keys(volume).every((key) => key === "name" || volume[key] === null)) volume.emptyDir = {};
  if (volume.emptyDir?.sizeLimit !== undefined) volume.emptyDir.sizeLimit = canonical(volume.emptyDir.sizeLimit);
  if (volume.image) volume.image.pullPolicy ||= isLatest(volume.image.reference ?? "") ? "Always" : "IfNotPresent";
  if (volume.hostPath) volume.hostPath.type ??= "";
  if (volume.secret) volume.secret.defaultMode ??= DEFAULT_MODE;
  if (volume.configMap) volume.configMap.defaultMode ??= DEFAULT_MODE;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= DEFAULT_MODE;
    defaultDownwardItems(volume.downwardAPI.items);
  }
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= "default";
  if (volume.rbd) {
    volume.rbd.pool ||= "rbd";
    volume.rbd.user ||= "admin";
    volume.rbd.keyring ||= "/etc/ceph/keyring";
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= "ReadWrite";
    volume.azureDisk.fsType ??= "ext4";
    volume.azureDisk.readOnly ??= false;
    volume.azureDisk.kind ??= "Shared";
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ||= "ThinProvisioned";
    volume.scaleIO.fsType ||= "xfs";
  }
  const claimTemplate = volume.ephemeral?.volumeClaimTemplate;
  if (claimTemplate) {
    claimTemplate.metadata ??= {};
    claimTemplate.spec ??= {};
    const claim = claimTemplate.spec;
    claim.volumeMode ??= "Filesystem";
    claim.resources ??= {};
    defaultResources(claim.resources.limits);
    defaultResources(claim.resources.requests);
  }
}

function defaultProjected(projected: Loose): void {
  projected.defaultMode ??= DEFAULT_MODE;
  for (const source of projected.sources ?? []) {
    defaultDownwardItems(source.downwardAPI?.items);
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
  }
}

function defaultDownwardItems(items: Loose): void {
  for (const item of items ?? []) {
    if (item.fieldRef) item.fieldRef.apiVersion ||= "v1";
    if (item.resourceFieldRef) item.resourceFieldRef.divisor = canonical(item.resourceFieldRef.divisor ?? "0");
  }
}
