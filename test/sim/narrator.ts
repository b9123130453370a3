// Tells a stretch of the log in words, one line a change, in version order; what only repeats the command (the object it wrote) is left out.
import { BINDINGS, REPORTS, type Binding } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { kindKey } from "../../kinds/kind.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import type { Event, Store } from "../../worker/store/store.ts";

const SELECT = [...ROOT_KINDS.map(kindKey), BINDINGS, REPORTS, DECISIONS].map((resource) => ({ resource }));

export class Narrator {
  readonly #store: Store;
  readonly #look: (event: Event) => void;
  #told = 0;

  /** `look` sees every change that is told of, and those that are left out. */
  constructor(store: Store, look: (event: Event) => void) {
    this.#store = store;
    this.#look = look;
  }

  async tell(): Promise<string[]> {
    const version = await this.#store.version();
    const lines: string[] = [];
    if (version <= this.#told) return lines;
    const stop = new AbortController();
    for await (const batch of this.#store.watch({ from: this.#told, select: SELECT, signal: stop.signal })) {
      for (const event of batch.events) {
        this.#look(event);
        lines.push(...narrate(event));
      }
      if (batch.version >= version) break;
    }
    stop.abort();
    this.#told = version;
    return lines;
  }
}

function narrate(event: Event): string[] {
  const object = JSON.parse(event.value) as Loose;
  const before = event.previous === undefined ? undefined : (JSON.parse(event.previous) as Loose);
  switch (event.resource) {
    case BINDINGS:
      return [binding(event, object)];
    case DECISIONS: {
      const { templateGeneration, replicas, unplaced, verdicts } = object as Decision;
      if (event.type === "DELETED") return ["  decision forgotten"];
      const shares = verdicts.map(
        (verdict) => `${verdict.cluster} ${verdict.share}${verdict.whyNot === undefined ? "" : ` (${verdict.whyNot})`}`,
      );
      return [
        `  decision for generation ${templateGeneration}: ${replicas} = ${[...shares, ...(unplaced > 0 ? [`unplaced ${unplaced}`] : [])].join(" + ")}`,
      ];
    }
    case "replicasets.apps":
      return replicaSet(event, object, before);
    case "events":
      return [
        `  event ${object.reason} ×${object.count} ${object.involvedObject.kind}/${object.involvedObject.name}: ${object.message}`,
      ];
    case "clusters.hanse.dev": {
      const [was, is] = [readiness(before), readiness(object)];
      return event.type === "DELETED"
        ? [`  cluster ${event.name} left`]
        : was === is
          ? []
          : [`  cluster ${event.name}: Ready=${is}`];
    }
    case "deployments.apps":
      return deployment(event, object, before);
    case "namespaces":
      return event.type === "DELETED" ? [`  namespace ${event.name} gone`] : [];
    case REPORTS:
    case "pods":
    case "serviceaccounts":
      return [];
    default:
      return event.type === "DELETED" ? [`  ${event.resource} ${event.name} gone`] : [];
  }
}

function binding(event: Event, { template, generation, share, tombstone, leaving, ceiling }: Binding): string {
  const what = `${event.namespace}: ${template.resource}/${template.name}`;
  if (event.type === "DELETED") return `  ${what} binding gone`;
  if (tombstone !== undefined) return `  ${what} tombstone ${tombstone.memberUid ?? "(never reported)"}`;
  const shares = Object.values(share);
  const said = [
    ...(shares.length === 0 ? [] : [`share ${shares.join(",")}`]),
    ...(ceiling === undefined ? [] : [`of which ${ceiling} may stay`]),
    ...(leaving === true ? ["held until replaced elsewhere"] : []),
  ];
  return `  ${what} generation ${generation}${said.length === 0 ? "" : ` ${said.join(", ")}`}`;
}

function replicaSet(event: Event, object: Loose, before: Loose): string[] {
  const revision = object.metadata.annotations?.["deployment.kubernetes.io/revision"];
  if (event.type === "DELETED") return [`  replicaset of revision ${revision} gone`];
  if (
    before === undefined ||
    before.spec.replicas !== object.spec.replicas ||
    before.metadata.annotations["deployment.kubernetes.io/revision"] !== revision
  )
    return [`  replicaset of revision ${revision}: replicas ${object.spec.replicas}`];
  return [];
}

function deployment(event: Event, object: KubeObject, before: Loose): string[] {
  if (event.type === "DELETED") return [`  deployment ${event.name} gone`];
  if (before === undefined || JSON.stringify(before.status) === JSON.stringify(object["status"])) return [];
  const {
    observedGeneration = 0,
    replicas = 0,
    updatedReplicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
  } = object["status"] ?? {};
  return [
    `  status ${event.name}: observed ${observedGeneration}/${object.metadata.generation} replicas ${replicas} updated ${updatedReplicas} ready ${readyReplicas} available ${availableReplicas} of ${object["spec"].replicas}`,
  ];
}

function readiness(cluster: Loose): string {
  return cluster?.status?.conditions?.find((condition: Loose) => condition.type === "Ready")?.status ?? "Unknown";
}
