// The pod spec of whatever holds one: a bare Pod, a PodTemplate, a workload, a CronJob. Changed by copies along the path to it, so that the
// object handed in stays as it was; what holds none, and what does not change, is handed back as it is.
import type { KubeObject, Loose } from "../../kinds/object.ts";

const PATHS = [
  ["spec", "jobTemplate", "spec", "template", "spec"],
  ["spec", "template", "spec"],
  ["template", "spec"],
] as const;

export function onPodSpec(object: KubeObject, change: (spec: Loose) => Loose): KubeObject {
  if (Array.isArray((object as Loose).spec?.containers)) return at(object, ["spec"], change);
  const path = PATHS.find((steps) =>
    Array.isArray(steps.reduce<Loose>((inner, step) => inner?.[step], object)?.containers),
  );
  return path === undefined ? object : at(object, path, change);
}

function at(object: Loose, [step, ...rest]: readonly string[], change: (spec: Loose) => Loose): Loose {
  if (step === undefined) return change(object);
  const inner = at(object[step], rest, change);
  return inner === object[step] ? object : { ...object, [step]: inner };
}
