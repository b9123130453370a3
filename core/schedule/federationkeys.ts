// The keys that a pod spec places among clusters by: a closed list, in docs and here alone. In nodeSelector, node affinity, spread constraints
// and tolerations they are read by the federation and stripped in the member; every other key (zone, hostname, a disk's kind) is the member's
// own and goes there untouched.
//
//   topology.kubernetes.io/region   label of the Cluster
//   hanse.dev/cluster               every cluster carries it, with its own name
//   hanse.dev/…                     any other label of the Cluster under that prefix
import { REGION_LABEL } from "../../kinds/cluster.ts";

const PREFIX = "hanse.dev/";

export function isFederationKey(key: string): boolean {
  return key === REGION_LABEL || (key.startsWith(PREFIX) && key.length > PREFIX.length);
}
