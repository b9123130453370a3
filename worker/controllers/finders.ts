// Followers that find what they follow (finds of FederationRule), in memory beside the rest of the world: which of them a binding concerns is
// asked at every change of one. The other way round, which bindings one of them finds, is asked of the store's index.
import { BINDINGS, templateName, type Binding } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { findingOf, isFound, type Finding, type FollowerRule } from "../../core/schedule/finding.ts";
import type { Row } from "../store/store.ts";
import type { Context } from "./context.ts";
import { labelRef, namespaceRef, ownRef } from "./refs.ts";
import { readBinding, type InCluster } from "./rows.ts";

export class Finders {
  readonly #rules = new Map<string, FollowerRule>();
  /** namespace -> store name -> what it finds. */
  #found = new Map<string, Map<string, { finding: Finding; divided: boolean }>>();

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) {
      const { federation } = kind;
      if (federation.rule === "follower" && federation.finds !== undefined) this.#rules.set(kindKey(kind), federation);
    }
  }

  /** Store resources that are listed and told to `set` and `delete`; others are ignored there. */
  get resources(): string[] {
    return [...this.#rules.keys()];
  }

  set(row: Row): void {
    const rule = this.#rules.get(row.resource);
    if (rule === undefined) return;
    const finding = findingOf(JSON.parse(row.value) as KubeObject, rule);
    if (finding === undefined) return this.delete(row);
    let names = this.#found.get(row.namespace);
    if (names === undefined) this.#found.set(row.namespace, (names = new Map()));
    names.set(templateName(row), { finding, divided: rule.divided !== undefined });
  }

  delete(row: Pick<Row, "resource" | "namespace" | "name">): void {
    if (this.#rules.has(row.resource)) this.#found.get(row.namespace)?.delete(templateName(row));
  }

  replace(from: Finders): void {
    this.#found = new Map([...from.#found].map(([namespace, found]) => [namespace, new Map(found)]));
  }

  /** Store names of those that find this one's pods or itself. `divided`: only those with, or without, divided fields. */
  of(binding: Pick<Binding, "template" | "labels">, divided?: boolean): string[] {
    const names: string[] = [];
    for (const [name, found] of this.#found.get(binding.template.namespace) ?? [])
      if ((divided === undefined || found.divided === divided) && isFound(found.finding, binding)) names.push(name);
    return names.sort();
  }

  /** Something targets it, and says how many of it run. */
  scales(binding: Pick<Binding, "template" | "labels">): boolean {
    const found = [...(this.#found.get(binding.template.namespace)?.values() ?? [])];
    return found.some(({ finding }) => "target" in finding && isFound(finding, binding));
  }
}

/** Bindings of what this follower finds, in any cluster, tombstones included. */
export async function bindingsFoundBy(
  object: KubeObject,
  rule: FollowerRule,
  context: Pick<Context, "store" | "world" | "kinds">,
): Promise<InCluster<Binding>[]> {
  const { namespace = "" } = object.metadata;
  const finding = findingOf(object, rule);
  if (finding === undefined) return [];
  const rows = await Promise.all(
    refsOf(namespace, finding, context).map((ref) => context.store.listByRef(BINDINGS, ref)),
  );
  const found = new Map(rows.flat().map((row) => [`${row.namespace}/${row.name}`, row]));
  return [...found.values()].map(readBinding).filter(({ value }) => isFound(finding, value));
}

/** Of a selector the pairs that are likeliest to be rare; where it names none, everything in the Namespace is looked at. */
function refsOf(namespace: string, finding: Finding, { world, kinds }: Pick<Context, "world" | "kinds">): string[] {
  if ("target" in finding) {
    const { group, kind, name } = finding.target;
    const resources = kinds.filter((one) => one.kind === kind && one.group === group).map(kindKey);
    return resources.map((resource) => ownRef(templateName({ resource, namespace, name })));
  }
  const pairs = finding.pods
    .filter(({ operator }) => operator === "=" || operator === "in")
    .map(({ key, values }) => values.map((value) => labelRef(namespace, key, value)))
    .sort((a, b) => a.length - b.length || (b[0]?.length ?? 0) - (a[0]?.length ?? 0));
  return pairs[0] ?? [...world.clusters.keys()].map((cluster) => namespaceRef(cluster, namespace));
}
