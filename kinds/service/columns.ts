// What `kubectl get services` shows (kk:pkg/printers/internalversion printService).
import type { Column } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { AGE, NAME } from "../rules/columns.ts";
import { formatLabels } from "../rules/selector.ts";

function externalIP({ spec, status }: KubeObject): string {
  const external = (spec?.externalIPs ?? []) as string[];
  switch (spec?.type) {
    case "ClusterIP":
    case "NodePort":
      return external.length > 0 ? external.join(",") : "<none>";
    case "LoadBalancer": {
      const points = ((status?.loadBalancer?.ingress ?? []) as Loose[]).map(({ ip, hostname }) => ip || hostname);
      const addresses = [...[...new Set(points.filter(Boolean))].sort(), ...external];
      return addresses.length > 0 ? addresses.join(",") : "<pending>";
    }
    case "ExternalName":
      return spec.externalName ?? "";
    default:
      return "<unknown>";
  }
}

function ports({ spec }: KubeObject): string {
  const texts = ((spec?.ports ?? []) as Loose[]).map(({ port, nodePort, protocol }) =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.length > 0 ? texts.join(",") : "<none>";
}

export const serviceColumns: readonly Column[] = [
  NAME,
  { name: "Type", type: "string", description: "How it is exposed", cell: ({ spec }) => spec?.type ?? "" },
  {
    name: "Cluster-IP",
    type: "string",
    description: "Its address inside",
    cell: ({ spec }) => spec?.clusterIPs?.[0] ?? "<none>",
  },
  { name: "External-IP", type: "string", description: "Its addresses outside", cell: externalIP },
  { name: "Port(s)", type: "string", description: "Ports and protocols", cell: ports },
  AGE,
  {
    name: "Selector",
    type: "string",
    priority: 1,
    description: "Pods behind it",
    cell: ({ spec }) => formatLabels(spec?.selector),
  },
];
