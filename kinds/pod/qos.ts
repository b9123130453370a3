// The quality of service of a pod: how firmly its cpu and memory are promised (kk:pkg/apis/core/v1/helper/qos ComputePodQOS).
import type { KubeObject, Loose } from "../object.ts";
import { parseQuantity } from "../rules/quantity.ts";

const COMPUTE = ["cpu", "memory"];

export function qosClass({ spec }: KubeObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const holders: Loose[] = spec.resources ? [spec] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const requests = new Map<string, bigint>();
  const limits = new Map<string, bigint>();
  let guaranteed = true;
  for (const { resources } of holders) {
    sum(requests, resources?.requests);
    const limited = sum(limits, resources?.limits);
    // A pod's own resources without limits leave the requests to say it.
    const silent = holders[0] === spec && Object.keys(resources?.limits ?? {}).length === 0;
    if (limited < COMPUTE.length && !silent) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  const equal = requests.size === limits.size && [...requests].every(([name, amount]) => limits.get(name) === amount);
  return guaranteed && equal ? "Guaranteed" : "Burstable";
}

/** Adds what is above zero; how many of cpu and memory that was. */
function sum(into: Map<string, bigint>, list: Record<string, string> | undefined): number {
  let found = 0;
  for (const name of COMPUTE) {
    const nano = list?.[name] === undefined ? 0n : (parseQuantity(list[name])?.nano ?? 0n);
    if (nano <= 0n) continue;
    into.set(name, (into.get(name) ?? 0n) + nano);
    found++;
  }
  return found;
}
