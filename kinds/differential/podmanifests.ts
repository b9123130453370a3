// Pods for the differential test: the least that is valid, and the places where it changes.
import type { Loose } from "../object.ts";
import { container } from "./manifests.ts";

export const pod = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "pod", ...metadata },
  spec: { containers: [container()], ...spec },
});
export const podWith = (changes: Loose, spec: Loose = {}): Loose => pod({ containers: [container(changes)], ...spec });
export const podVolume = (source: Loose): Loose => pod({ volumes: [{ name: "v", ...source }] });
export const podSecurity = (context: Loose, spec: Loose = {}): Loose => podWith({ securityContext: context }, spec);
export const rc = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind: "ReplicationController",
  metadata: { name: "rc", ...metadata },
  spec: { template: { metadata: { labels: { app: "web" } }, spec: { containers: [container()] } }, ...spec },
});
export const podTemplate = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind: "PodTemplate",
  metadata: { name: "template" },
  template: { metadata, spec: { containers: [container()], ...spec } },
});
export const affinity = (name: string, required: Loose): Loose => ({
  affinity: { [name]: { requiredDuringSchedulingIgnoredDuringExecution: required } },
});
export const preferred = (name: string, terms: Loose[]): Loose => ({
  affinity: { [name]: { preferredDuringSchedulingIgnoredDuringExecution: terms } },
});
