// What the bindings and decisions that were written on a fork come to, by cluster: made, changed, moved, deleted, let go. A binding that is to
// leave (make before break) counts as left, at the share that its decision names.
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import { NAMESPACES, SYSTEM_NAMESPACES } from "../../kinds/namespace.ts";
import type { ChangePlan, Moved, Planned } from "../../kinds/plan.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import type { Event, Key } from "../store/store.ts";

interface Change {
  cluster: string;
  before: Binding | undefined;
  after: Binding | undefined;
}

type Bare = Pick<ChangePlan, "created" | "changed" | "moved" | "deleted" | "kept">;

export class Outcomes {
  /** By cluster and template. */
  readonly #changes = new Map<string, Change>();
  /** By the template's uid. */
  readonly #decisions = new Map<string, Decision>();
  readonly #left = new Set<string>();

  /** Everything that is written, in order. */
  see(event: Event): void {
    if (event.resource === DECISIONS && event.type !== "DELETED")
      this.#decisions.set(event.name, JSON.parse(event.value) as Decision);
    if (event.resource !== BINDINGS) return;
    const id = `${event.namespace} ${event.name}`;
    const known = this.#changes.get(id);
    const text = event.type === "DELETED" ? event.value : event.previous;
    const before =
      known === undefined ? (text === undefined ? undefined : (JSON.parse(text) as Binding)) : known.before;
    // That the cluster has done it says no more than what it was told.
    if (event.type === "DELETED" && this.#left.delete(id)) return;
    const after = event.type === "DELETED" ? undefined : (JSON.parse(event.value) as Binding);
    this.#changes.set(id, { cluster: event.namespace, before, after });
  }

  /** The binding that this change ends, once its cluster has done it. */
  leaves({ resource, namespace, name, type, value }: Event): Key | undefined {
    if (resource !== BINDINGS || type === "DELETED") return undefined;
    const binding = JSON.parse(value) as Binding;
    if (binding.tombstone === undefined && this.#shareOf(namespace, binding) !== 0) return undefined;
    this.#left.add(`${namespace} ${name}`);
    return { resource, namespace, name };
  }

  /** What the decision leaves to a binding that only waits; undefined: it does not wait. */
  #shareOf(cluster: string, binding: Binding): number | undefined {
    if (binding.leaving !== true) return undefined;
    const decision = this.#decisions.get(binding.template.uid);
    return decision?.verdicts.find((verdict) => verdict.cluster === cluster)?.share ?? 0;
  }

  plan(): Bare {
    const plan: Bare = { created: [], changed: [], moved: [], deleted: [], kept: [] };
    const shifts = new Map<string, Shift[]>();
    const changes = [...this.#changes.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    for (const change of changes) {
      const shift = this.#settle(change, plan);
      if (shift === undefined) continue;
      const { uid } = templateOf(change);
      const known = shifts.get(uid);
      if (known === undefined) shifts.set(uid, [shift]);
      else known.push(shift);
    }
    for (const [uid, shifted] of shifts) plan.moved.push(...moves(shifted, this.#decisions.get(uid)));
    return plan;
  }

  #settle({ cluster, before, after }: Change, plan: Bare): Shift | undefined {
    const stood = before !== undefined && before.tombstone === undefined;
    const waits = after === undefined ? undefined : this.#shareOf(cluster, after);
    const stands = after !== undefined && after.tombstone === undefined && waits !== 0;
    const { resource, namespace, name } = (after ?? before)!.template;
    const from = stood ? countOf(before) : undefined;
    const to = stands ? (waits ?? countOf(after)) : undefined;
    const one: Planned = {
      resource,
      namespace,
      name,
      cluster,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    if (!stood && !stands) return undefined;
    // The cluster has it by itself: it neither comes nor goes.
    if (resource === NAMESPACES && SYSTEM_NAMESPACES.includes(name)) return undefined;
    if (!stood) plan.created.push(one);
    else if (stands) {
      if (from === to && equalJson(said(before), said(after))) return undefined;
      plan.changed.push(one);
    } else if (after === undefined || after.tombstone?.orphan === true) plan.kept.push(one);
    else plan.deleted.push(one);
    return from === undefined && to === undefined ? undefined : { ...one, by: (to ?? 0) - (from ?? 0) };
  }
}

type Shift = Planned & { by: number };

const templateOf = ({ before, after }: Change): Binding["template"] => (after ?? before)!.template;
const order = (change: Change): string => {
  const { resource, namespace, name } = templateOf(change);
  return `${resource}/${namespace}/${name}/${change.cluster}`;
};

/** The divided number. */
function countOf(binding: Binding): number | undefined {
  return Object.values(binding.share)[0];
}

/** What the cluster sees of it. */
function said({ revision, share, override, manner }: Binding): unknown {
  return { revision, share, override: override ?? "", manner: manner ?? {} };
}

/** Where less of it stands to where more does, in the order of the clusters' names. */
function moves(shifts: readonly Shift[], decision: Decision | undefined): Moved[] {
  const moved: Moved[] = [];
  const risen = shifts.filter(({ by }) => by > 0).map((one) => ({ ...one }));
  const of = decision?.replicas ?? shifts.reduce((sum, { to = 0 }) => sum + to, 0);
  for (const { resource, namespace, name, cluster, by } of shifts) {
    let left = -by;
    for (const target of risen) {
      const replicas = Math.min(left, target.by);
      if (replicas <= 0) continue;
      target.by -= replicas;
      left -= replicas;
      moved.push({ resource, namespace, name, from: cluster, to: target.cluster, replicas, of });
    }
  }
  return moved;
}
