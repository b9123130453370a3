// What the differential test's manifests are made of: the least that is valid, and ways to change it.
import type { Loose } from "../object.ts";

export const container = (changes: Loose = {}): Loose => ({ name: "c", image: "nginx", ...changes });
export const template = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  metadata: { labels: { app: "web" }, ...metadata },
  spec: { containers: [container()], ...spec },
});

export function deployment(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", ...metadata },
    spec: { selector: { matchLabels: { app: "web" } }, template: template(), ...spec },
  };
}

/** A Deployment with one container. */
export const withContainer = (changes: Loose, spec: Loose = {}): Loose =>
  deployment({ template: template({ containers: [container(changes)], ...spec }) });
export const withPodSpec = (spec: Loose): Loose => deployment({ template: template(spec) });

export function service(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", ...metadata },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
  };
}

export const core = (kind: string, body: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "one", ...metadata },
  ...body,
});
