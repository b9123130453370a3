// ComponentStatus (v1), deprecated since 1.19: a list that is always empty. The federation has no scheduler, controller-manager or etcd to ask, and
// says how it fares at /readyz; the kind is served since kubectl and dashboards ask for it, and none can be written.
import type { Kind } from "./kind.ts";
import type { Loose } from "./object.ts";
import { NAME } from "./rules/columns.ts";

const healthy = (conditions: Loose[] | undefined): Loose => conditions?.find(({ type }) => type === "Healthy");

export const componentStatus: Kind = {
  group: "",
  version: "v1",
  kind: "ComponentStatus",
  resource: "componentstatuses",
  singular: "componentstatus",
  namespaced: false,
  shortNames: ["cs"],
  verbs: ["get", "list"],
  schema: "io.k8s.api.core.v1.ComponentStatus",
  deprecation: "v1 ComponentStatus is deprecated in v1.19+",
  ageless: true,
  columns: [
    NAME,
    {
      name: "Status",
      type: "string",
      description: "Healthy, Unhealthy or Unknown",
      cell: ({ conditions }) => {
        const condition = healthy(conditions);
        return condition === undefined ? "Unknown" : condition.status === "True" ? "Healthy" : "Unhealthy";
      },
    },
    {
      name: "Message",
      type: "string",
      description: "What it says",
      cell: ({ conditions }) => healthy(conditions)?.message ?? "",
    },
    {
      name: "Error",
      type: "string",
      description: "What is wrong",
      cell: ({ conditions }) => healthy(conditions)?.error ?? "",
    },
  ],
  federation: { rule: "root" },
};
