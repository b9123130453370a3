// All containers of a pod spec with their paths, in upstream's order (kk:pkg/apis/core/pods VisitContainersWithPath).
import type { Loose } from "../object.ts";

export function eachContainer(spec: Loose, path: string, visit: (container: Loose, field: string) => void): void {
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const [index, container] of ((spec[list] ?? []) as Loose[]).entries())
      visit(container, `${path}.${list}[${index}]`);
  }
}
