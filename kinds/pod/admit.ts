// What kube-apiserver's own admission plug-ins fill into pods (kk:plugin/pkg/admission): DefaultTolerationSeconds, Priority, and for the
// root ServiceAccount. Refuses a priority other than that of the class, and a class that is not there.
import type { Lookup } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";

const PRIORITY_CLASSES = "priorityclasses.scheduling.k8s.io";
const UNHEALTHY_NODE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const TOLERATED_SECONDS = 300;
/** kk:pkg/apis/scheduling/v1/helpers.go SystemPriorityClasses. */
const SYSTEM_PRIORITIES: Record<string, number> = {
  "system-node-critical": 2000001000,
  "system-cluster-critical": 2000000000,
};

/** The class that it names, or else all for the default one. What every cluster has is known. */
export function looksUp({ spec }: KubeObject): Lookup | undefined {
  const name: string = spec.priorityClassName ?? "";
  if (name in SYSTEM_PRIORITIES) return undefined;
  return name === "" ? { resource: PRIORITY_CLASSES } : { resource: PRIORITY_CLASSES, name };
}

/** Without `classes` the priority of a class is left open. */
export function admit({ spec }: KubeObject, old?: KubeObject, classes?: readonly KubeObject[]): string | void {
  const refused = old === undefined ? admitPriority(spec, classes) : keepPriority(spec, old.spec);
  if (refused !== undefined) return refused;
  const tolerations: Loose[] = spec.tolerations ?? [];
  for (const key of UNHEALTHY_NODE) {
    const tolerated = tolerations.some(
      (one) => (one.key === key || !one.key) && (one.effect === "NoExecute" || !one.effect),
    );
    if (tolerated) continue;
    const added = { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TOLERATED_SECONDS };
    spec.tolerations = [...(spec.tolerations ?? []), added];
  }
}

function keepPriority(spec: Loose, old: Loose): undefined {
  if (old.priority !== undefined) spec.priority ??= old.priority;
  if (old.preemptionPolicy !== undefined) spec.preemptionPolicy ??= old.preemptionPolicy;
}

interface Priority {
  value: number;
  preemptionPolicy?: string;
}

const PREEMPTS = "PreemptLowerPriority";

function admitPriority(spec: Loose, classes: readonly KubeObject[] | undefined): string | undefined {
  const found = priorityOf(spec, classes);
  if (found === undefined) {
    return classes && spec.priorityClassName
      ? `no PriorityClass with name ${spec.priorityClassName} was found`
      : undefined;
  }
  const { value, preemptionPolicy } = found;
  const computed = (what: Loose): string =>
    `priority admission controller computed ${what} from the given PriorityClass name`;
  if ((spec.priority ?? value) !== value)
    return `the integer value of priority (${spec.priority}) must not be provided in pod spec; ${computed(value)}`;
  spec.priority = value;
  if (preemptionPolicy === undefined) return undefined;
  if ((spec.preemptionPolicy ?? preemptionPolicy) !== preemptionPolicy)
    return `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; ${computed(preemptionPolicy)}`;
  spec.preemptionPolicy = preemptionPolicy;
}

/** Of several defaults the lowest counts. */
function priorityOf(spec: Loose, classes: readonly KubeObject[] | undefined): Priority | undefined {
  const name: string = spec.priorityClassName ?? "";
  const system = SYSTEM_PRIORITIES[name];
  if (system !== undefined) return { value: system, preemptionPolicy: PREEMPTS };
  const valueOf = (one: KubeObject): number => one["value"] ?? 0;
  const asked =
    name === ""
      ? classes?.filter((one) => one["globalDefault"]).sort((a, b) => valueOf(a) - valueOf(b))[0]
      : classes?.find(({ metadata }) => metadata.name === name);
  if (asked === undefined) return name === "" ? { value: 0, preemptionPolicy: PREEMPTS } : undefined;
  spec.priorityClassName = asked.metadata.name;
  return { value: valueOf(asked), preemptionPolicy: asked["preemptionPolicy"] };
}

/** A pod runs as somebody. Its token is mounted where it runs, by the cluster that issues it. */
export function admitServiceAccount({ spec, metadata }: KubeObject, old?: KubeObject): void {
  if (old !== undefined || metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) return;
  spec.serviceAccountName ||= "default";
  spec.serviceAccount = spec.serviceAccountName;
}
