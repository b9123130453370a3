// The five places a metric can come from, and the TARGETS column that shows each as current/target.
import type { KubeObject, Loose } from "../object.ts";

/** The field that belongs to each metric type; upstream looks at them in this order. */
export const SOURCES: Readonly<Record<string, string>> = {
  Object: "object",
  External: "external",
  Pods: "pods",
  Resource: "resource",
  ContainerResource: "containerResource",
};

const SHOWN = 2;

/** kk:pkg/printers/internalversion/printers.go formatHPAMetrics: two metrics, and how many more there are. */
export function formatMetrics({ spec, status }: KubeObject): string {
  const metrics: Loose[] = spec?.metrics ?? [];
  if (metrics.length === 0) return "<none>";
  const list = metrics.map((metric, index) => formatMetric(metric, status?.currentMetrics?.[index]));
  const text = list.slice(0, SHOWN).join(", ");
  return list.length > SHOWN ? `${text} + ${list.length - SHOWN} more...` : text;
}

/** `status` is what stands at the same place in status.currentMetrics, be it of this metric or not. */
function formatMetric({ type, ...sources }: Loose, status: Loose): string {
  const field = SOURCES[type] ?? "";
  const source = sources[field];
  const target = source?.target;
  const current = status?.[field]?.current;
  switch (type) {
    case "External":
    case "Object":
      return target?.averageValue === undefined
        ? pair(current && (current.value ?? "<nil>"), target?.value ?? "<nil>")
        : `${pair(current?.averageValue, target.averageValue)} (avg)`;
    case "Pods":
      return pair(current && (current.averageValue ?? "<nil>"), target?.averageValue ?? "<nil>");
    case "Resource":
    case "ContainerResource":
      return target?.averageValue === undefined
        ? `${source?.name}: ${pair(percent(current?.averageUtilization), percent(target?.averageUtilization) ?? "<auto>")}`
        : `${source.name}: ${pair(current && (current.averageValue ?? "<nil>"), target.averageValue)}`;
    default:
      return "<unknown type>";
  }
}

function pair(current: string | undefined, target: string): string {
  return `${current ?? "<unknown>"}/${target}`;
}

function percent(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}%`;
}
