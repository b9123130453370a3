// Service, in depth.
import type { Loose } from "../../object.ts";
export const valid: [string, Loose][] = [];
export const invalid: [string, Loose][] = [];
export const updates: [string, Loose, Loose][] = [];
