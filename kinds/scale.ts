// Scale (autoscaling/v1): what /scale of every scalable kind answers. Never stored and no resource of its own, so it stands in no table of kinds.
import type { Kind } from "./kind.ts";
import { AGE, NAME } from "./rules/columns.ts";

export const scale: Kind = {
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  resource: "scales",
  singular: "scale",
  namespaced: true,
  verbs: [],
  schema: "io.k8s.api.autoscaling.v1.Scale",
  columns: [
    // Upstream's has no format here, unlike every other kind's.
    { ...NAME, format: "" },
    { name: "Desired", type: "integer", description: "Replicas wanted", cell: ({ spec }) => spec?.replicas ?? 0 },
    { name: "Available", type: "integer", description: "Replicas seen", cell: ({ status }) => status?.replicas ?? 0 },
    AGE,
  ],
  federation: { rule: "root" },
};
