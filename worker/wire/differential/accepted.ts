// Every difference from kube-apiserver that we know and accept, with its reason. The test fails on any other, and on one of these that is
// gone. `what` names the part of the answer.
import type { Difference } from "./run.ts";

export interface Accepted {
  step: string;
  what: Difference["what"][];
  why: string;
}

const OLD_VERSIONS = "group versions that nobody serves any more are unknown here";

export const accepted: Accepted[] = [
  { step: "auth: no token", what: ["status", "body"], why: "there is no anonymous user: 401 at once" },
  { step: "apiVersion: apps/v1beta1", what: ["body"], why: OLD_VERSIONS },
  { step: "apiVersion: extensions/v1beta1", what: ["body"], why: OLD_VERSIONS },
  { step: "configMaps: yaml", what: ["body"], why: "our YAML writer keeps the order of fields and indents lists" },
  {
    step: "eviction: there",
    what: ["body", "facts"],
    why: "an eviction that is refused leaves no condition on the pod: upstream writes it before it looks at the options",
  },
  ...["table", "table of status"].map((step): Accepted => ({
    step: `DaemonSets: ${step}`,
    what: ["body"],
    why: "rows hold the metadata of upstream's internal object, which has no annotation deprecated.daemonset.template.generation",
  })),
  {
    step: "components: a missing one",
    what: ["body"],
    why: "the one kind whose 404 names the singular (registry/core/componentstatus); nobody reads it, the list is empty",
  },
];

/** Accepted wherever generated sequences meet them. An entry that nothing needs any more is found by taking it out. */
export const acceptedAnywhere: {
  /** Absent: any. */
  kind?: string;
  why: string;
  is(difference: Pick<Difference, "real" | "ours">): boolean;
}[] = [
  {
    kind: "DaemonSet",
    why: "metadata shown alone is that of upstream's internal object, which has no annotation deprecated.daemonset.template.generation",
    is: ({ real, ours }) => unannotated(real) === unannotated(ours),
  },
  {
    why: "a strategic merge patch with two faults: Go walks a map in random order, so upstream names either",
    is: ({ real, ours }) => isStrategicFault(real) && isStrategicFault(ours),
  },
];

/** Kinds that the generated sequences leave out unless asked for by name. */
export const notGenerated: { kind: string; why: string }[] = [
  {
    kind: "PersistentVolumeClaim",
    why: "upstream stores a claim without its default phase, so the first write that changes nothing does change its bytes and makes an event; we store defaults at once",
  },
];

const isStrategicFault = (value: unknown): boolean =>
  /"code":500,.*"message":"(unable to find api field in struct|map: map\[.*does not contain declared merge key)/.test(
    JSON.stringify(value),
  );

/** Without that annotation, and without annotations where it was the only one. */
const unannotated = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/"deprecated\.daemonset\.template\.generation":"\d+",?/g, "")
    .replaceAll(",}", "}")
    .replace(/"annotations":\{\},?/g, "");
