// Updates whose outcome must be the same, be they taken or refused.
import type { Loose } from "../object.ts";
import { core, deployment, service, template, withContainer } from "./manifests.ts";

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["Deployment, other image", deployment(), withContainer({ image: "nginx:2" })],
  [
    "Deployment, other selector",
    deployment(),
    deployment({
      selector: { matchLabels: { app: "web", a: "b" } },
      template: template({}, { labels: { app: "web", a: "b" } }),
    }),
  ],
  ["Deployment, bad finalizer", deployment(), deployment({}, { finalizers: ["x"] })],
  [
    "ConfigMap, immutable, other data",
    core("ConfigMap", { immutable: true, data: { a: "1" } }),
    core("ConfigMap", { immutable: true, data: { a: "2" } }),
  ],
  ["ConfigMap, no longer immutable", core("ConfigMap", { immutable: true }), core("ConfigMap")],
  ["ConfigMap, bad label", core("ConfigMap"), core("ConfigMap", {}, { labels: { "-": "" } })],
  ["Secret, other type", core("Secret"), core("Secret", { type: "a/b" })],
  ["Secret, type left out", core("Secret", { type: "a/b" }), core("Secret", { stringData: { a: "b" } })],
  [
    "Secret, immutable",
    core("Secret", { immutable: true, data: { a: "YQ==" } }),
    core("Secret", { immutable: true, data: { a: "Yg==" } }),
  ],
  ["Service, clusterIP left out", service(), service({ ports: [{ port: 81 }] })],
  ["Service, other clusterIP", service(), service({ clusterIP: "10.96.7.7" })],
  [
    "Service, becomes ExternalName",
    service(),
    { ...service(), spec: { type: "ExternalName", externalName: "a.example" } },
  ],
  ["Service, NodePort and back", service({ type: "NodePort", ports: [{ port: 80, nodePort: 30090 }] }), service()],
  ["Service, was ExternalName", { ...service(), spec: { type: "ExternalName", externalName: "a.example" } }, service()],
  [
    "ServiceAccount, secrets",
    core("ServiceAccount"),
    core("ServiceAccount", { secrets: [{ name: "a", namespace: "b" }] }),
  ],
  [
    "Namespace, finalizers",
    core("Namespace", {}, { name: "shop" }),
    core("Namespace", { spec: { finalizers: ["a/b"] } }, { name: "shop" }),
  ],
  [
    "ReplicaSet, selector",
    { ...deployment(), kind: "ReplicaSet" },
    {
      ...deployment({
        selector: { matchLabels: { app: "web", a: "b" } },
        template: template({}, { labels: { app: "web", a: "b" } }),
      }),
      kind: "ReplicaSet",
    },
  ],
];
