// Which class is the default one (kk:pkg/volume/util GetDefaultClass, kk:plugin/pkg/admission/network/defaultingressclass): of those whose
// annotation says so the newest, and of equally new ones the first by name.
import type { KubeObject } from "../object.ts";

export function defaultClass(
  classes: readonly KubeObject[] | undefined,
  annotations: readonly string[],
): string | undefined {
  const marked = (classes ?? []).filter(({ metadata }) =>
    annotations.some((key) => metadata.annotations?.[key] === "true"),
  );
  const time = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? "";
  const [first] = marked.sort((a, b) => {
    if (time(a) !== time(b)) return time(a) > time(b) ? -1 : 1;
    return a.metadata.name < b.metadata.name ? -1 : 1;
  });
  return first?.metadata.name;
}
