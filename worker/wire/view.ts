// A cluster's share as a Reader of ordinary Kubernetes objects (DESIGN idea 3): what the cluster should run, rendered, with the status it
// reported. Computed from the cluster's bindings and reports; an object's version is that of the newer of its two rows, so lists and watches
// have the log's own versions. A tombstoned binding is no longer shown: the cluster should not run it.
import { BINDINGS, type Binding, REPORTS, type Report } from "../../kinds/binding.ts";
import type { KindTable } from "../../kinds/table.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { render } from "../../core/render/render.ts";
import type { Batch, Event, Key, Listed, ListQuery, Reader, Row, Selection, Store } from "../store/store.ts";
import { createContents, cutKey, type Contents } from "./contentcache.ts";

/** What is known of one binding: enough to render it. */
interface Part {
  binding: Binding;
  version: number;
  report?: Report;
  reportVersion: number;
}

export function createViewReader(store: Store, kinds: KindTable, cluster: string): Reader {
  const contents = createContents(store, 1_000_000);

  /** The bindings that stand (no tombstone), by uid, at one version. */
  async function partsAt(
    at: number | undefined,
    resources: ReadonlySet<string>,
  ): Promise<{ parts: Map<string, Part>; version: number }> {
    const bindings = await store.list({ resource: BINDINGS, namespace: cluster, at });
    const reports = await store.list({ resource: REPORTS, namespace: cluster, at: bindings.version });
    const parts = new Map<string, Part>();
    for (const row of bindings.rows) {
      const binding = JSON.parse(row.value) as Binding;
      if (!resources.has(binding.template.resource)) continue;
      parts.set(row.name, { binding, version: row.version, reportVersion: 0 });
    }
    for (const row of reports.rows) addReport(parts.get(row.name), row);
    return { parts, version: bindings.version };
  }

  async function rows(resource: string, at?: number): Promise<{ rows: Row[]; version: number }> {
    if (!kinds.all.some((kind) => kindKey(kind) === resource))
      return { rows: [], version: at ?? (await store.version()) };
    const { parts, version } = await partsAt(at, new Set([resource]));
    const shown = [...parts.values()].filter(isShown);
    const found = await contents.get(shown.map(({ binding }) => binding));
    const all = shown.flatMap((part) => rowOf(part, found.get(cutKey(part.binding))) ?? []);
    return { rows: all.sort(compareKeys), version };
  }

  async function list(query: ListQuery): Promise<Listed> {
    const { resource, namespace, name, after, limit, at } = query;
    const all = await rows(resource, at);
    const selected = all.rows.filter(
      (row) =>
        (namespace === undefined || row.namespace === namespace) &&
        (name === undefined || row.name === name) &&
        (after === undefined || compareKeys(row, after) > 0),
    );
    const page = limit === undefined ? selected : selected.slice(0, limit);
    const remaining = selected.length - page.length;
    return { rows: page, version: all.version, more: remaining > 0, ...(limit === undefined ? {} : { remaining }) };
  }

  const isKey = (key: Key) => (row: Row) => row.namespace === key.namespace && row.name === key.name;
  return {
    get: async (key) => (await rows(key.resource)).rows.find(isKey(key)),
    async getMany(keys) {
      const found: Row[] = [];
      for (const resource of new Set(keys.map((key) => key.resource))) {
        const all = (await rows(resource)).rows;
        for (const key of keys) if (key.resource === resource) found.push(...all.filter(isKey(key)));
      }
      return found;
    },
    list,
    // Refs and internal names belong to the root's rows; nobody asks a view for them.
    listByRef: async () => [],
    listByName: async (resource, name) => (await rows(resource)).rows.filter((row) => row.name === name),
    async changes({ resource, namespace, after, limit }) {
      const all = await rows(resource);
      const newer = all.rows
        .filter((row) => row.namespace === namespace && row.version > after)
        .sort((a, b) => a.version - b.version);
      return { rows: newer.slice(0, limit), version: all.version, more: newer.length > limit };
    },
    version: () => store.version(),
    watch: (options) => watch({ store, contents, cluster, partsAt }, options),
  };
}

interface Source {
  store: Store;
  contents: Contents;
  cluster: string;
  partsAt(at: number, resources: ReadonlySet<string>): Promise<{ parts: Map<string, Part>; version: number }>;
}

async function* watch(
  source: Source,
  options: { from: number; select: Selection[]; signal: AbortSignal },
): AsyncGenerator<Batch> {
  const { from, select, signal } = options;
  // The state at `from` tells an addition from a change, and what a deletion deleted; throws Compacted as any watch does.
  const { parts } = await source.partsAt(from, new Set(select.map((one) => one.resource)));
  const rows = [BINDINGS, REPORTS].map((resource) => ({ resource, namespace: source.cluster }));
  const resources = new Set(select.map((one) => one.resource));
  for await (const batch of source.store.watch({ from, select: rows, signal })) {
    const events: Event[] = [];
    for (const event of batch.events) {
      const before = parts.get(event.name);
      const after = step(before, event, resources);
      if (after === undefined) parts.delete(event.name);
      else parts.set(event.name, after);
      const found = await source.contents.get([before, after].flatMap((part) => part?.binding ?? []));
      const shown = (part: Part | undefined) =>
        part !== undefined && isShown(part) ? rowOf(part, found.get(cutKey(part.binding))) : undefined;
      const told = eventOf(shown(before), shown(after), event.version);
      if (told !== undefined && selected(select, told)) events.push(told);
    }
    if (events.length > 0 || batch.events.length === 0) yield { events, version: batch.version };
  }
}

/** The part after one event of the log; undefined: nothing of it is left, or it is of a kind not asked for. */
function step(before: Part | undefined, event: Event, resources: ReadonlySet<string>): Part | undefined {
  if (event.resource === REPORTS) {
    if (before === undefined) return undefined;
    const after = { ...before, report: undefined, reportVersion: event.version };
    if (event.type !== "DELETED") addReport(after, event);
    return after;
  }
  if (event.type === "DELETED") return undefined;
  const binding = JSON.parse(event.value) as Binding;
  if (!resources.has(binding.template.resource)) return undefined;
  return { reportVersion: 0, ...before, binding, version: event.version };
}

function eventOf(before: Row | undefined, after: Row | undefined, version: number): Event | undefined {
  if (after === undefined) return before === undefined ? undefined : { ...before, type: "DELETED", version };
  if (before === undefined) return { ...after, type: "ADDED", version };
  return after.value === before.value ? undefined : { ...after, type: "MODIFIED", version, previous: before.value };
}

const selected = (select: Selection[], row: Row): boolean =>
  select.some(
    (one) =>
      one.resource === row.resource &&
      (one.namespace === undefined || one.namespace === row.namespace) &&
      (one.name === undefined || one.name === row.name),
  );

function addReport(part: Part | undefined, row: Row): void {
  if (part === undefined) return;
  part.report = JSON.parse(row.value) as Report;
  part.reportVersion = row.version;
}

const isShown = ({ binding }: Part): boolean => binding.tombstone === undefined;

function rowOf({ binding, version, report, reportVersion }: Part, content: KubeObject | undefined): Row | undefined {
  if (content === undefined) return undefined;
  const { template } = binding;
  const { apiVersion, kind, metadata, ...body } = render(content, template, binding.share);
  const { name, ...others } = metadata;
  const object = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...others,
      uid: template.uid,
      generation: binding.generation,
      ...(binding.made === undefined ? {} : { creationTimestamp: binding.made }),
    },
    ...body,
    ...(report?.status === undefined ? {} : { status: report.status }),
  };
  return {
    resource: template.resource,
    namespace: template.namespace,
    name: template.name,
    version: Math.max(version, reportVersion),
    value: JSON.stringify(object),
  };
}

function compareKeys(a: { namespace: string; name: string }, b: { namespace: string; name: string }): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}
