// What every decision reads and few writes change: clusters, policies, Services' selectors, namespaces being deleted and failing reports, kept in
// memory from the same tail that wakes the controllers, so it is never behind the change that is being handled. Never written to.
import { BINDINGS, templateName, REPORTS, type Binding, type Report, type ReportFailure } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { isReady, type ScheduleCluster } from "../../core/schedule/schedule.ts";
import { NAMESPACES, SERVICES, selects, serviceSelector, type Labels } from "../../core/schedule/followers.ts";
import type { Event, Row, Store } from "../store/store.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { Assumed } from "./assumed.ts";
import { Finders } from "./finders.ts";
import { parsed } from "./parsed.ts";
import { isPolicy, POLICIES, PolicyWorld } from "./policyworld.ts";
import { DEFINITIONS } from "../../kinds/customresourcedefinition.ts";
import { suspectedSilence } from "../../core/schedule/suspicion.ts";

const PAGE = 500;

const DELETING_TEXT = '"deletionTimestamp":';

export class World {
  readonly clusters = new Map<string, ScheduleCluster>();
  readonly policies = new PolicyWorld();
  /** Workloads that stand in each cluster that is not heard, as counted when it fell silent. */
  readonly standing = new Map<string, number>();
  /** Namespaces with a deletionTimestamp. */
  readonly terminating = new Set<string>();
  /** CustomResourceDefinitions by name, as rows; and the store names of those that are being deleted. */
  readonly definitions = new Map<string, Row>();
  readonly dying = new Set<string>();
  /** Store name of a template -> cluster -> what went wrong there. */
  readonly failures = new Map<string, Map<string, ReportFailure>>();
  /** namespace -> Service name -> selector. */
  readonly #services = new Map<string, Map<string, Labels>>();
  /** What was decided and is not measured yet. */
  readonly assumed: Assumed;
  /** The change that last gave room back which no cluster's measurement will tell of. */
  freedAt = 0;
  /** Rises with what a plan under way may not have seen: a cluster that came, went, or changed its readiness, labels or taints. */
  membership = 0;
  #suspected: { at: number; clusters: ReadonlySet<string> } | undefined;
  /** Rises with whatever else decides what fits where: room, cordons. */
  room = 0;
  /** Up to which version each resource was listed: replayed changes at or below it are old news. */
  readonly #listed = new Map<string, number>();
  readonly #clock: () => number;

  /** Everything in the log up to this is known. */
  version = 0;
  /** What finds workloads by itself. */
  readonly finders: Finders;
  readonly #kinds: readonly Kind[];

  constructor(clock: () => number, kinds: readonly Kind[]) {
    this.#clock = clock;
    this.#kinds = kinds;
    this.finders = new Finders(kinds);
    this.assumed = new Assumed(clock);
  }

  /**
   * Reads everything anew, beside what is known, and takes it over in one step: keys are handled meanwhile, and a world without clusters would
   * have them conclude that everything stands in clusters that left.
   * @throws what the store throws; then all stays as it was
   */
  async load(store: Store): Promise<void> {
    const read = new World(this.#clock, this.#kinds);
    await Promise.all(
      [CLUSTERS, NAMESPACES, SERVICES, DEFINITIONS, BINDINGS, ...POLICIES, ...this.finders.resources].map((resource) =>
        read.#loadResource(store, resource),
      ),
    );
    await read.#loadResource(store, REPORTS);
    replace(this.clusters, read.clusters);
    this.terminating.clear();
    for (const namespace of read.terminating) this.terminating.add(namespace);
    replace(this.definitions, read.definitions);
    this.dying.clear();
    for (const name of read.dying) this.dying.add(name);
    replace(this.failures, read.failures);
    replace(this.#services, read.#services);
    replace(this.#listed, read.#listed);
    this.assumed.replace(read.assumed);
    this.finders.replace(read.finders);
    this.policies.replace(read.policies);
    this.membership += 1;
    this.room += 1;
  }

  /** One that knows the same: what a change that is only tried out teaches it, this one does not learn. */
  fork(): World {
    const fork = new World(this.#clock, this.#kinds);
    replace(fork.clusters, this.clusters);
    replace(fork.standing, this.standing);
    for (const namespace of this.terminating) fork.terminating.add(namespace);
    replace(fork.definitions, this.definitions);
    for (const [name, failures] of this.failures) fork.failures.set(name, new Map(failures));
    for (const [namespace, services] of this.#services) fork.#services.set(namespace, new Map(services));
    replace(fork.#listed, this.#listed);
    fork.assumed.replace(this.assumed.fork());
    fork.version = this.version;
    fork.finders.replace(this.finders);
    fork.policies.replace(this.policies);
    return fork;
  }

  async #loadResource(store: Store, resource: string): Promise<void> {
    let after: { namespace: string; name: string } | undefined;
    let first: number | undefined;
    for (;;) {
      const page = await store.list({
        resource,
        limit: PAGE,
        uncounted: true,
        ...(after === undefined ? {} : { after }),
      });
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

  /** Clusters whose silence is likelier our own (P9). */
  suspected(): ReadonlySet<string> {
    if (this.#suspected?.at !== this.membership)
      this.#suspected = { at: this.membership, clusters: suspectedSilence([...this.clusters.values()]) };
    return this.#suspected.clusters;
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
    this.finders.set(row);
    switch (row.resource) {
      case CLUSTERS: {
        const cluster = JSON.parse(row.value) as KubeObject;
        const before = this.clusters.get(row.name);
        const { labels, annotations } = cluster.metadata;
        const after = {
          name: row.name,
          ...(labels === undefined ? {} : { labels }),
          ...(annotations === undefined ? {} : { annotations }),
          spec: cluster["spec"],
          status: cluster["status"],
        };
        this.clusters.set(row.name, after);
        if (before === undefined || !equalJson(standingOf(before), standingOf(after))) this.membership += 1;
        this.room += 1;
        break;
      }
      case NAMESPACES: {
        const { metadata } = JSON.parse(row.value) as KubeObject;
        this.policies.setNamespace(row.name, metadata.annotations);
        if (metadata.deletionTimestamp === undefined) this.terminating.delete(row.name);
        else this.terminating.add(row.name);
        break;
      }
      case DEFINITIONS: {
        const { resource, namespace, name, version, value } = row;
        this.definitions.set(name, { resource, namespace, name, version, value });
        if (value.includes(DELETING_TEXT)) this.dying.add(name);
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
      default:
        if (isPolicy(row.resource)) this.policies.set(row);
    }
  }

  #delete(row: Row): void {
    this.finders.delete(row);
    switch (row.resource) {
      case CLUSTERS:
        this.clusters.delete(row.name);
        this.standing.delete(row.name);
        this.membership += 1;
        break;
      case NAMESPACES:
        this.terminating.delete(row.name);
        this.policies.setNamespace(row.name, undefined);
        break;
      case DEFINITIONS:
        this.definitions.delete(row.name);
        this.dying.delete(row.name);
        break;
      case SERVICES:
        this.#services.get(row.namespace)?.delete(row.name);
        break;
      case REPORTS:
        if (this.failures.size > 0) this.#forget(row);
        break;
      default:
        if (isPolicy(row.resource)) this.policies.delete(row);
    }
  }

  #forget(row: Row): void {
    const name = templateName((JSON.parse(row.value) as Report).template);
    const byCluster = this.failures.get(name);
    byCluster?.delete(row.namespace);
    if (byCluster?.size === 0) this.failures.delete(name);
  }
}

/** What of a cluster decides whether something stands there, and not how much. */
export function standingOf(cluster: ScheduleCluster | undefined) {
  if (cluster === undefined) return undefined;
  const { labels = {}, spec, status } = cluster;
  return {
    ready: isReady(cluster),
    labels,
    cordoned: spec?.unschedulable === true,
    taints: spec?.taints ?? [],
    apis: status?.apis ?? [],
  };
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
