// The federation keys, a closed list (DESIGN section 6): labels that clusters carry and that place a pod among clusters. In a pod spec they are
// answered by the federation and stripped in the member; every other key, zone and hostname among them, belongs to the member and goes on to it.
const REGION = "topology.kubernetes.io/region";
const OWN_PREFIX = "hanse.dev/";

export function isFederationKey(key: string | undefined): boolean {
  return key === REGION || (key?.startsWith(OWN_PREFIX) ?? false);
}
