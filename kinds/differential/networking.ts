// Ingress, IngressClass, NetworkPolicy, EndpointSlice, Endpoints, IPAddress, ServiceCIDR and Service: what must come back alike, be refused
// alike, and be updated alike by kube-apiserver and by us. One file per family of kinds stands in networking/.
import type { Loose } from "../object.ts";
import * as addresses from "./networking/addresses.ts";
import * as endpoints from "./networking/endpoints.ts";
import * as ingress from "./networking/ingress.ts";
import * as policies from "./networking/policies.ts";
import * as services from "./networking/services.ts";

const FAMILIES = [addresses, endpoints, ingress, policies, services];

export const valid: [string, Loose][] = FAMILIES.flatMap((family) => family.valid);

export const invalid: [string, Loose][] = FAMILIES.flatMap((family) => family.invalid);

/** Before, after. */
export const updates: [string, Loose, Loose][] = FAMILIES.flatMap((family) => family.updates);
