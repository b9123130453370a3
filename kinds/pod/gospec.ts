// A pod's spec as kube-apiserver's internal Go type prints it, and the difference of two of them: what stands under "pod updates may not
// change fields other than …". Fields have Go's names and order and are all there.
import type { Loose } from "../object.ts";
import { unifiedDiff } from "../rules/diff.ts";
import { type GoStruct, goPretty, goValue } from "../rules/gojson.ts";
import { GO_TYPES } from "./gotypes.ts";

const ZEROS: Record<string, Loose> = { n: null, s: "", i: 0, b: false, o: {}, q: "0" };
const structs = new Map<string, GoStruct>();

function structOf(name: string): GoStruct {
  const known = structs.get(name);
  if (known !== undefined) return known;
  const line = GO_TYPES.split("\n").find((one) => one.startsWith(`${name} `)) ?? name;
  const struct: Record<string, readonly [string, Loose, GoStruct?]> = {};
  structs.set(name, struct);
  for (const text of line.split(" ").slice(1)) {
    const [, field = "", api, zero = "n", of] = /^(\w+)(?:=(\w+))?:(\w)(?:@(\w+))?$/.exec(text) ?? [];
    const nameInApi = api ?? `${field.charAt(0).toLowerCase()}${field.slice(1)}`;
    struct[field] = of === undefined ? [nameInApi, ZEROS[zero]] : [nameInApi, ZEROS[zero], structOf(of)];
  }
  return struct;
}

/** Internally the host's namespaces are matters of the security context. */
function internal(spec: Loose): Loose {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  const host = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return { ...spec, securityContext: { ...spec.securityContext, ...host } };
}

export function diffPodSpecs(old: Loose, next: Loose): string {
  const text = (spec: Loose): string => goPretty(goValue(structOf("PodSpec"), internal(spec)));
  return unifiedDiff(text(old), text(next));
}

export function diffEphemeral(old: Loose, next: Loose): string {
  const text = (container: Loose): string => goPretty(goValue(structOf("EphemeralContainer"), container));
  return unifiedDiff(text(old), text(next));
}
