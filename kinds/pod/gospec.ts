// A pod's spec as kube-apiserver's internal Go type prints it, and the difference of two of them: what stands under "pod updates may not
// change fields other than …". Fields have Go's names and order and are all there.
import { goStruct } from "../facts/gotypes.ts";
import type { Loose } from "../object.ts";
import { goDiff } from "../rules/gojson.ts";

/** Internally the host's namespaces are matters of the security context. */
function internal(spec: Loose): Loose {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  const host = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return { ...spec, securityContext: { ...spec.securityContext, ...host } };
}

export const diffPodSpecs = (old: Loose, next: Loose): string =>
  goDiff(goStruct("PodSpec"), internal(old), internal(next));

export const diffEphemeral = (old: Loose, next: Loose): string => goDiff(goStruct("EphemeralContainer"), old, next);
