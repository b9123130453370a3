import { beforeEach, describe, expect, it } from "vitest";
import { BINDINGS, type Binding, REPORTS, type Report } from "../../kinds/binding.ts";
import type { Kind } from "../../kinds/kind.ts";
import { openMemory } from "../store/memory.ts";
import type { Event, Reader, Store } from "../store/store.ts";
import { createViewReader } from "./view.ts";

const KINDS = [
  { group: "apps", resource: "deployments" },
  { group: "", resource: "configmaps" },
] as Kind[];
const DEPLOYMENTS = "deployments.apps";

function binding(name: string, change: Partial<Binding> = {}): Binding {
  const template = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    resource: DEPLOYMENTS,
    namespace: "default",
    name,
    uid: `uid-${name}`,
  };
  return {
    template,
    templateGeneration: 1,
    generation: 1,
    revision: "r",
    share: { "spec.replicas": 2 },
    needs: [],
    ...change,
  };
}
const content = JSON.stringify({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x" },
  spec: { paused: false },
});

describe("view of a cluster", () => {
  let store: Store;
  let view: Reader;
  beforeEach(() => {
    store = openMemory();
    view = createViewReader(store, { all: KINDS }, "paris");
  });

  const bind = async (cluster: string, one: Binding) => {
    const key = { resource: BINDINGS, namespace: cluster, name: one.template.uid };
    await store.commit({
      ops: [{ op: "put", key, value: JSON.stringify(one) }],
      contents: [{ digest: "r", value: content }],
    });
  };
  const report = async (name: string, ready: number) => {
    const value = JSON.stringify({
      template: binding(name).template,
      generation: 1,
      status: { ready },
    } as unknown as Report);
    await store.commit({
      ops: [{ op: "put", key: { resource: REPORTS, namespace: "paris", name: `uid-${name}` }, value }],
    });
  };
  const drop = (name: string) =>
    store.commit({ ops: [{ op: "delete", key: { resource: BINDINGS, namespace: "paris", name: `uid-${name}` } }] });

  it("shows the rendered share with the reported status, under the version of the newer row", async () => {
    await bind("paris", binding("web", { made: "2026-01-01T00:00:00Z" }));
    await report("web", 1);
    const { rows, version } = await view.list({ resource: DEPLOYMENTS });
    expect(rows.map((row) => ({ ...row, value: JSON.parse(row.value) }))).toEqual([
      {
        resource: DEPLOYMENTS,
        namespace: "default",
        name: "web",
        version: await store.version(),
        value: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: {
            name: "web",
            namespace: "default",
            labels: { "hanse.dev/binding": "uid-web" },
            uid: "uid-web",
            generation: 1,
            creationTimestamp: "2026-01-01T00:00:00Z",
          },
          spec: { paused: false, replicas: 2 },
          status: { ready: 1 },
        },
      },
    ]);
    expect(version).toBe(await store.version());
    expect(rows[0]?.value.startsWith('{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":')).toBe(true);
    expect(await view.get({ resource: DEPLOYMENTS, namespace: "default", name: "web" })).toEqual(rows[0]);
  });

  it("P10: shows nothing of another cluster", async () => {
    await bind("tokyo", binding("web"));
    expect((await view.list({ resource: DEPLOYMENTS })).rows).toEqual([]);
    expect(await view.get({ resource: DEPLOYMENTS, namespace: "default", name: "web" })).toBeUndefined();
  });

  it("pages in key order, and lists as it was at a version", async () => {
    for (const name of ["c", "a", "b"]) await bind("paris", binding(name));
    const at = await store.version();
    await bind("paris", binding("d"));
    const names: string[] = [];
    for (let after: { namespace: string; name: string } | undefined, more = true; more;) {
      const page = await view.list({ resource: DEPLOYMENTS, limit: 2, after, at });
      names.push(...page.rows.map((row) => row.name));
      after = page.rows.at(-1);
      more = page.more;
    }
    expect(names).toEqual(["a", "b", "c"]);
  });

  it("watches truthfully: bound, reported, changed, tombstoned, gone; each once and with its version", async () => {
    const told: [string, string, number][] = [];
    const end = new AbortController();
    const from = await store.version();
    const versions: number[] = [];
    const steps: [string, string, () => Promise<unknown>][] = [
      ["ADDED", "web", () => bind("paris", binding("web"))],
      ["MODIFIED", "web", () => report("web", 1)],
      ["MODIFIED", "web", () => bind("paris", binding("web", { generation: 2, share: { "spec.replicas": 3 } }))],
      ["DELETED", "web", () => bind("paris", binding("web", { generation: 3, tombstone: { since: "now" } }))],
      ["", "the row itself goes unseen", () => drop("web")],
      ["", "another cluster", () => bind("tokyo", binding("web"))],
      ["ADDED", "web", () => bind("paris", binding("web"))],
      ["DELETED", "web", () => drop("web")],
    ];
    for (const [type, , act] of steps) {
      await act();
      if (type !== "") versions.push(await store.version());
    }
    const events: Event[] = [];
    for await (const batch of view.watch({ from, select: [{ resource: DEPLOYMENTS }], signal: end.signal })) {
      events.push(...batch.events);
      if (events.length >= versions.length) break;
    }
    end.abort();
    for (const event of events) told.push([event.type, event.name, event.version]);
    const wanted = steps.filter(([type]) => type !== "");
    expect(told).toEqual(wanted.map(([type, name], index) => [type, name, versions[index]]));
    expect(JSON.parse(events[2]?.previous ?? "").spec.replicas).toBe(2);
    expect(JSON.parse(events[2]?.value ?? "")).toMatchObject({ spec: { replicas: 3 }, status: { ready: 1 } });
  });

  it("a watch of one name or another kind is not told of the rest", async () => {
    const end = new AbortController();
    const from = await store.version();
    await bind("paris", binding("a"));
    await bind("paris", binding("b"));
    for await (const { events } of view.watch({
      from,
      select: [{ resource: DEPLOYMENTS, namespace: "default", name: "b" }],
      signal: end.signal,
    })) {
      expect(events.map((event) => event.name)).toEqual(["b"]);
      break;
    }
    end.abort();
  });
});
