// What the status of a pod may become (kk:pkg/apis/core/validation ValidatePodStatusUpdate, kk:pkg/registry/core/pod podStatusStrategy).
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { legacyIP, parseIP } from "../rules/ip.ts";
import { dns1123Subdomain, inRange, qualifiedName } from "../rules/names.ts";
import { validateAnnotationUpdate } from "./update.ts";

/** What a kubelet that knows less leaves out is kept. In place. */
export function prepareStatus(object: KubeObject, old: KubeObject): void {
  const status: Loose = object.status ?? {};
  const before: Loose = old.status ?? {};
  object.status = status;
  if (!status.qosClass && before.qosClass) status.qosClass = before.qosClass;
  if (!status.observedGeneration && before.observedGeneration) status.observedGeneration = before.observedGeneration;
  const known = [...((before.conditions ?? []) as Loose[])];
  for (const condition of status.conditions ?? []) {
    const at = known.findIndex(({ type }) => type === condition.type);
    const [was] = at < 0 ? [] : known.splice(at, 1);
    if (!condition.observedGeneration && was?.observedGeneration) condition.observedGeneration = was.observedGeneration;
  }
}

const LISTS = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];

export function validateStatus(object: KubeObject, old: KubeObject): FieldError[] {
  const { spec, status } = object;
  const before: Loose = old.status ?? {};
  const errors = [
    ...validateAnnotationUpdate(object, old),
    ...validateConditions(status.conditions ?? [], "status.conditions"),
    ...validateNominated(status.nominatedNodeName, before.nominatedNodeName, Boolean(old.spec?.nodeName)),
  ];
  if (status.observedGeneration < 0)
    errors.push(invalid("status.observedGeneration", status.observedGeneration, "must be a non-negative integer"));
  if ((status.qosClass ?? "") !== (before.qosClass ?? ""))
    errors.push(invalid("status.qosClass", status.qosClass ?? "", "field is immutable"));
  for (const list of LISTS)
    errors.push(...validateTransitions(status[list] ?? [], before[list] ?? [], old.spec ?? {}, list));
  errors.push(
    ...validateClaimStatuses(status.resourceClaimStatuses ?? [], spec.resourceClaims ?? []),
    ...validateIPs("podIPs", status.podIPs ?? [], before.podIPs ?? []),
    ...validateHostIPs(status, before),
    ...LISTS.flatMap((list) => validateUsers(status[list] ?? [], spec.os?.name ?? "linux", `status.${list}`)),
  );
  for (const list of LISTS.slice(0, 2))
    errors.push(...validateAllocated(status[list] ?? [], spec[list.replace("Statuses", "s")] ?? [], `status.${list}`));
  for (const [index, one] of ((status.ephemeralContainerStatuses ?? []) as Loose[]).entries()) {
    const path = `status.ephemeralContainerStatuses[${index}].allocatedResourcesStatus`;
    if ((one.allocatedResourcesStatus ?? []).length > 0)
      errors.push(forbidden(path, "must not be specified in container status"));
  }
  return errors;
}

const OWN_CONDITIONS = ["PodScheduled", "Ready", "Initialized"];

function validateConditions(conditions: Loose[], field: string): FieldError[] {
  return conditions.flatMap(({ type = "", observedGeneration = 0 }, index) => [
    ...(observedGeneration < 0
      ? [invalid(`${field}[${index}].observedGeneration`, observedGeneration, "must be a non-negative integer")]
      : []),
    // The capital is upstream's.
    ...(OWN_CONDITIONS.includes(type) ? [] : invalidEach(`${field}[${index}].Type`, type, qualifiedName(type))),
  ]);
}

function validateNominated(now = "", was = "", bound = false): FieldError[] {
  if (now === was || now === "") return [];
  const field = "status.nominatedNodeName";
  const errors = invalidEach(field, now, dns1123Subdomain(now));
  return bound ? [...errors, forbidden(field, "may not be set on pods that are already bound to a node")] : errors;
}

/** What has ended stays so, unless something would start it again. */
function validateTransitions(now: Loose[], was: Loose[], spec: Loose, list: string): FieldError[] {
  const ephemeral = list.startsWith("ephemeral");
  const containers: Loose[] = spec[list.replace("Statuses", "s")] ?? [];
  const all: Loose[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const restartsAll = all.some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }: Loose) => action === "RestartAllContainers"),
  );
  if (restartsAll && !ephemeral) return [];
  return was.flatMap(({ name, state }, index) => {
    if (!state?.terminated) return [];
    const next = now.find((one) => one.name === name && !one.state?.terminated);
    const container = containers.find((one) => one.name === name);
    const allowed = !ephemeral && container !== undefined && restarts(container, spec, state.terminated.exitCode ?? 0);
    return next === undefined || allowed
      ? []
      : [forbidden(`status.${list}[${index}].state`, "may not be transitioned to non-terminated state")];
  });
}

/** Whether a container that ended so is started again (kk:pkg/api/v1/pod ContainerShouldRestart). */
function restarts({ restartPolicy, restartPolicyRules = [] }: Loose, spec: Loose, exitCode: number): boolean {
  if (restartPolicy !== undefined) {
    const rule = restartPolicyRules.find(({ exitCodes }: Loose) => {
      const listed = (exitCodes?.values ?? []).includes(exitCode);
      return exitCodes?.operator === "In" ? listed : exitCodes?.operator === "NotIn" && !listed;
    });
    if (rule?.action === "Restart") return true;
  }
  const policy = restartPolicy ?? spec.restartPolicy;
  return policy === "OnFailure" ? exitCode !== 0 : policy !== "Never";
}

function validateClaimStatuses(statuses: Loose[], claims: Loose[]): FieldError[] {
  const seen = new Set<string>();
  return statuses.flatMap(({ name = "", resourceClaimName }, index) => {
    const path = `status.resourceClaimStatuses[${index}]`;
    const errors: FieldError[] = claims.some((claim) => claim.name === name)
      ? []
      : [invalid(`${path}.name`, name, "must match the name of an entry in `spec.resourceClaims`")];
    if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    seen.add(name);
    return resourceClaimName === undefined
      ? errors
      : [
          ...errors,
          ...invalidEach(`${path}.resourceClaimName`, resourceClaimName, dns1123Subdomain(resourceClaimName)),
        ];
  });
}

function validateIPs(name: string, now: Loose[], was: Loose[]): FieldError[] {
  const field = `status.${name}`;
  const known = was.map(({ ip }) => ip ?? "");
  const errors = now.flatMap(({ ip = "" }, index) => legacyIP(`${field}[${index}]`, ip, known));
  if (now.length < 2) return errors;
  const families = new Set(now.map(({ ip = "" }) => parseIP(ip)?.family));
  // Upstream prints its internal type.
  const printed = now.map(({ ip = "" }) => ({ IP: ip }));
  return families.size === 2 && now.length === 2
    ? errors
    : [...errors, invalid(field, printed, "may specify no more than one IP for each IP family")];
}

function validateHostIPs(status: Loose, before: Loose): FieldError[] {
  const first = status.hostIPs?.[0]?.ip ?? "";
  if ((status.hostIPs ?? []).length === 0) return [];
  return [
    ...((status.hostIP ?? "") === first ? [] : [invalid("status.hostIPs[0].ip", first, "must be equal to `hostIP`")]),
    ...validateIPs("hostIPs", status.hostIPs, before.hostIPs ?? []),
  ];
}

const MAX_ID = 2147483647;

function validateUsers(statuses: Loose[], os: string, field: string): FieldError[] {
  return statuses.flatMap(({ user }, index) => {
    const path = `${field}[${index}].user.linux`;
    if (!user?.linux) return [];
    if (os === "windows") return [forbidden(path, "cannot be set for a windows pod")];
    const { uid = 0, gid = 0, supplementalGroups = [] } = user.linux;
    const ids: [string, number][] = [
      ["uid", uid],
      ["gid", gid],
      ...(supplementalGroups as number[]).map((id, at): [string, number] => [`supplementalGroups[${at}]`, id]),
    ];
    return ids.flatMap(([name, id]) =>
      id >= 0 && id <= MAX_ID ? [] : [invalid(`${path}.${name}`, id, inRange(0, MAX_ID))],
    );
  });
}

const HEALTH = ["Healthy", "Unhealthy", "Unknown"];

function validateAllocated(statuses: Loose[], containers: Loose[], field: string): FieldError[] {
  return statuses.flatMap(({ name, allocatedResourcesStatus = [] }, index) => {
    const container = containers.find((one) => one.name === name);
    return (allocatedResourcesStatus as Loose[]).flatMap((one, at) => {
      const path = `${field}[${index}].allocatedResourcesStatus[${at}]`;
      const errors = container === undefined ? [] : allocatedNameErrors(one.name ?? "", container, `${path}.name`);
      const seen = new Set<string>();
      for (const [number, { resourceID = "", health = "", message }] of ((one.resources ?? []) as Loose[]).entries()) {
        const item = `${path}.resources[${number}]`;
        if (!HEALTH.includes(health)) errors.push(notSupported(`${item}.health`, health, HEALTH));
        if (message === "") errors.push(required(`${item}.message`, "must be non-empty if specified"));
        if (seen.has(resourceID)) errors.push(duplicate(`${item}.resourceID`, resourceID));
        seen.add(resourceID);
      }
      return errors;
    });
  });
}

function allocatedNameErrors(name: string, { resources = {} }: Loose, field: string): FieldError[] {
  if (!name.startsWith("claim:")) {
    return name in (resources.requests ?? {})
      ? []
      : [invalid(field, name, "must match one of the container's resource requests")];
  }
  const claims: string[] = (resources.claims ?? []).map(
    (claim: Loose) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ""}`,
  );
  const detail =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
  return claims.includes(name) ? [] : [invalid(field, name, detail)];
}
