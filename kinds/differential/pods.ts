// Pod, PodTemplate, ReplicationController: what must come back alike, be refused alike, and be updated alike by kube-apiserver and by us.
import type { Loose } from "../object.ts";

export const valid: [string, Loose][] = [];

export const invalid: [string, Loose][] = [];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [];
