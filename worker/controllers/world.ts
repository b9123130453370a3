// What every decision reads and few writes change: clusters, Services' selectors, namespaces being deleted and failing reports, kept in
// memory from the same tail that wakes the controllers, so it is never behind the change that is being handled. Never written to.
import { BINDINGS, templateName, REPORTS, type Binding, type Report, type ReportFailure } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { isReady, type ScheduleCluster } from "../../core/schedule/schedule.ts";
import { NAMESPACES, SERVICES, selects, serviceSelector, type Labels } from "../../core/schedule/followers.ts";
import type { Event, Row, Store } from "../store/store.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { Assumed } from "./assumed.ts";
import { parsed } from "./parsed.ts";

const PAGE = 500;

export class World {
  readonly clusters = new Map<string, ScheduleCluster>();
  /** Namespaces with a deletionTimestamp. */
  readonly terminating = new Set<string>();
  /** Store name of a template -> cluster -> what went wrong there. */
  readonly failures = new Map<string, Map<string, ReportFailure>>();
  /** namespace -> Service name -> selector. */
  readonly #services = new Map<string, Map<string, Labels>>();
  /** What was decided and is not measured yet. */
  readonly assumed: Assumed;
  /** The change that last gave room back which no cluster's measurement will tell of. */
  freedAt = 0;
  /** Rises with what a plan under way may not have seen: a cluster that came, went, or changed its readiness. */
  membership = 0;
  /** Rises with whatever else decides what fits where: room, cordons. */
  room = 0;
  /** Up to which version each resource was listed: replayed changes at or below it are old news. */
  readonly #listed = new Map<string, number>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.assumed = new Assumed(clock);
  }

  /**
   * Reads everything anew, beside what is known, and takes it over in one step: keys are handled meanwhile, and a world without clusters would
   * have them conclude that everything stands in clusters that left.
   * @throws what the store throws; then all stays as it was
   */
  async load(store: Store): Promise<void> {
    const read = new World(this.#clock);
    await Promise.all(
      [CLUSTERS, NAMESPACES, SERVICES, BINDINGS].map((resource) => read.#loadResource(store, resource)),
    );
    await read.#loadResource(store, REPORTS);
    replace(this.clusters, read.clusters);
    this.terminating.clear();
    for (const namespace of read.terminating) this.terminating.add(namespace);
    replace(this.failures, read.failures);
    replace(this.#services, read.#services);
    replace(this.#listed, read.#listed);
    this.assumed.replace(read.assumed);
    this.membership += 1;
    this.room += 1;
  }

  async #loadResource(store: Store, resource: string): Promise<void> {
    let after: { namespace: string; name: string } | undefined;
    let first: number | undefined;
    for (;;) {
      const page = await store.list({ resource, limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const row of page.rows) {
        this.#set(row);
        if (resource === BINDINGS) this.#bind(row, undefined);
        if (resource === REPORTS && !this.assumed.empty)
          this.assumed.known(row.namespace, row.name, JSON.parse(row.value) as Report);
      }
      // Later pages may be newer than the first; replaying from the first one's version is harmless, missing a change is not.
      first ??= page.version;
      const last = page.rows.at(-1);
      if (!page.more || last === undefined) break;
      after = { namespace: last.namespace, name: last.name };
    }
    this.#listed.set(resource, first);
  }

  apply(event: Event): void {
    if (event.version <= (this.#listed.get(event.resource) ?? 0)) return;
    this.#assume(event);
    if (event.type === "DELETED") this.#delete(event);
    else this.#set(event);
  }

  #assume(event: Event): void {
    const { freed } = this.assumed;
    this.#assumeFrom(event);
    if (this.assumed.freed === freed) return;
    this.freedAt = event.version;
    this.room += 1;
  }

  #assumeFrom(event: Event): void {
    switch (event.resource) {
      case BINDINGS:
        this.#bind(event, event.type === "DELETED" ? "DELETED" : event.previous);
        break;
      case REPORTS:
        if (event.type !== "DELETED" && !this.assumed.empty)
          this.assumed.report(event.namespace, event.name, JSON.parse(event.value) as Report);
        break;
      case CLUSTERS: {
        const free = (value: string | undefined): unknown =>
          value === undefined ? {} : ((JSON.parse(value) as KubeObject)["status"]?.free ?? {});
        if (!this.assumed.empty && !equalJson(free(event.previous), free(event.value)))
          this.assumed.measured(event.name);
        break;
      }
    }
  }

  /** A binding's row; with the text before it, or that it is gone. */
  #bind({ namespace, name, value }: Row, previous: string | undefined): void {
    const binding = parsed<Binding>(value);
    // A follower takes no room.
    if (binding.labels === undefined) return;
    if (previous === "DELETED") this.assumed.binding(namespace, name, binding, undefined);
    else this.assumed.binding(namespace, name, previous === undefined ? undefined : parsed<Binding>(previous), binding);
  }

  ready(cluster: string): boolean {
    return isReady(this.clusters.get(cluster));
  }

  /** Names of the Services in a namespace that select pods with these labels. */
  servicesSelecting(namespace: string, labels: Labels): string[] {
    const found: string[] = [];
    for (const [name, selector] of this.#services.get(namespace) ?? []) if (selects(selector, labels)) found.push(name);
    return found.sort();
  }

  selectorOf(namespace: string, service: string): Labels | undefined {
    return this.#services.get(namespace)?.get(service);
  }

  #set(row: Row): void {
    switch (row.resource) {
      case CLUSTERS: {
        const cluster = JSON.parse(row.value) as KubeObject;
        const before = this.clusters.get(row.name);
        const after = { name: row.name, spec: cluster["spec"], status: cluster["status"] };
        this.clusters.set(row.name, after);
        if (before === undefined || isReady(before) !== isReady(after)) this.membership += 1;
        this.room += 1;
        break;
      }
      case NAMESPACES: {
        if ((JSON.parse(row.value) as KubeObject).metadata.deletionTimestamp === undefined)
          this.terminating.delete(row.name);
        else this.terminating.add(row.name);
        break;
      }
      case SERVICES: {
        const selector = serviceSelector(JSON.parse(row.value) as KubeObject);
        if (selector === undefined) this.#services.get(row.namespace)?.delete(row.name);
        else entry(this.#services, row.namespace).set(row.name, selector);
        break;
      }
      case REPORTS: {
        // Most reports carry none: asked of the text, since a start reads all of them.
        const report = row.value.includes('"failure"') ? (JSON.parse(row.value) as Report) : undefined;
        if (report?.failure !== undefined)
          entry(this.failures, templateName(report.template)).set(row.namespace, report.failure);
        else if (this.failures.size > 0) this.#forget(row);
        break;
      }
    }
  }

  #delete(row: Row): void {
    switch (row.resource) {
      case CLUSTERS:
        this.clusters.delete(row.name);
        this.membership += 1;
        break;
      case NAMESPACES:
        this.terminating.delete(row.name);
        break;
      case SERVICES:
        this.#services.get(row.namespace)?.delete(row.name);
        break;
      case REPORTS:
        if (this.failures.size > 0) this.#forget(row);
        break;
    }
  }

  #forget(row: Row): void {
    const name = templateName((JSON.parse(row.value) as Report).template);
    const byCluster = this.failures.get(name);
    byCluster?.delete(row.namespace);
    if (byCluster?.size === 0) this.failures.delete(name);
  }
}

function replace<K, V>(into: Map<K, V>, from: ReadonlyMap<K, V>): void {
  into.clear();
  for (const [key, value] of from) into.set(key, value);
}

function entry<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map()));
  return found;
}
