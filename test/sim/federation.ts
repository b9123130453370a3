// A whole federation for a script: memory store, the real controllers, presence and agent routes, with a clock that moves only when told.
// Every command answers with what it changed in the log, in commit order: the transcript. What must hold at every step of every story is
// checked meanwhile (invariants.ts).
import { agentRoutes } from "../../worker/wire/agentroutes.ts";
import { bootstrap } from "../../worker/controllers/bootstrap.ts";
import { runControllers } from "../../worker/controllers/loop.ts";
import { createPresence } from "../../worker/controllers/presence.ts";
import { openMemory } from "../../worker/store/memory.ts";
import type { Key } from "../../worker/store/store.ts";
import { podTemplateHash } from "../../core/schedule/revision.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { rolloutStatus } from "./rollout.ts";
import { ScriptedMember } from "./member.ts";
import { createInvariants } from "./invariants.ts";
import { Narrator } from "./narrator.ts";
import { createOperator } from "./operator.ts";

type Fields = Record<string, string>;

export async function startFederation() {
  let now = Date.parse("2026-01-01T00:00:00Z");
  let uids = 0;
  const seams = { clock: () => now, random: () => 0.5, uid: () => `uid-${(uids += 1)}` };
  // WebCrypto answers from other threads, in no particular order; a transcript has to come out the same every time.
  const store = Object.assign(openMemory({ random: () => 0.5 }), {
    digest: async (value: string) => podTemplateHash(value),
  });
  const stop = new AbortController();
  await bootstrap({ store, ...seams });
  const presence = createPresence({ store, clock: seams.clock, timeoutMs: 15_000 });
  const controllers = runControllers({ store, ...seams, signal: stop.signal });
  const operator = await createOperator({ store, presence, ...seams, plan: controllers.plan });
  const app = agentRoutes({
    store,
    kinds: { all: ROOT_KINDS },
    presence,
    clock: seams.clock,
    credentials: { spendJoinToken: async () => undefined } as Loose,
    authenticateAgent: async (request) => request.headers.get("x-scripted-cluster") ?? undefined,
  });
  const members = new Map<string, ScriptedMember>();
  const invariants = createInvariants(store, members, seams.clock);
  const narrator = new Narrator(store, invariants.look);

  async function settle(): Promise<void> {
    for (;;) {
      const before = await store.version();
      await presence.settled();
      await controllers.idle();
      if ((await store.version()) === before) return;
    }
  }

  const keyFor = (resource: string, namespace: string, name: string): Key => ({ resource, namespace, name });

  async function write(
    key: Key,
    change: (object: KubeObject | undefined) => KubeObject | undefined,
  ): Promise<string[]> {
    const row = await store.get(key);
    const kind = ROOT_KINDS.find((candidate) => kindKey(candidate) === key.resource);
    const before = row === undefined ? undefined : (JSON.parse(row.value) as KubeObject);
    const next = change(before === undefined ? undefined : structuredClone(before));
    if (next === undefined) {
      if (row === undefined) return ["not found"];
      const result = await store.commit({ ops: [{ op: "delete", key, expect: row.version }] });
      return result.ok ? [] : [result.reason];
    }
    kind?.setDefaults?.(next);
    if (before === undefined) kind?.prepareCreate?.(next);
    if (kind?.generation === true) {
      const changed = before === undefined || JSON.stringify(before["spec"]) !== JSON.stringify(next["spec"]);
      next.metadata.generation = (before?.metadata.generation ?? 0) + (changed ? 1 : 0);
    }
    const value = JSON.stringify(next);
    const deleting = next.metadata.deletionTimestamp !== undefined;
    const result = await store.commit({
      ops: [
        row === undefined ? { op: "create", key, value } : { op: "update", key, value, expect: row.version, deleting },
      ],
    });
    return result.ok ? [] : [result.reason];
  }

  const metadata = (name: string, namespace?: string) => ({
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: seams.uid(),
    creationTimestamp: new Date(now).toISOString(),
  });

  const sync = (name: string): Promise<string[] | undefined> =>
    invariants.undisrupted(`sync ${name}`, async () => members.get(name)?.sync(seams.clock));

  const commands: Record<string, (args: string[], fields: Fields) => Promise<string[]>> = {
    async cluster([name = ""], { cpu = "8", memory = "32Gi", pods = "110" }) {
      await write(
        keyFor("clusters.hanse.dev", "", name),
        (before) =>
          before ?? {
            apiVersion: "hanse.dev/v1alpha1",
            kind: "Cluster",
            metadata: metadata(name),
            spec: {},
            status: {},
          },
      );
      const member = members.get(name) ?? new ScriptedMember(app, name);
      members.set(name, member);
      await member.capacity({ cpu, memory, pods });
      return [];
    },
    ...operator,
    namespace: ([name = ""]) =>
      write(keyFor("namespaces", "", name), () => ({ apiVersion: "v1", kind: "Namespace", metadata: metadata(name) })),
    "delete-namespace": ([name = ""]) =>
      write(
        keyFor("namespaces", "", name),
        (before) =>
          before && { ...before, metadata: { ...before.metadata, deletionTimestamp: new Date(now).toISOString() } },
      ),
    deployment: ([name = ""], { ns = "default", replicas, image, cpu, configmap, app: label }) =>
      write(keyFor("deployments.apps", ns, name), (before) => {
        const object: Loose = before ?? {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: metadata(name, ns),
          spec: {
            selector: { matchLabels: { app: label ?? name } },
            template: {
              metadata: { labels: { app: label ?? name } },
              spec: { containers: [{ name: "main", image: "tomcat:10" }] },
            },
          },
        };
        const container = object.spec.template.spec.containers[0];
        if (replicas !== undefined) object.spec.replicas = Number(replicas);
        if (image !== undefined) container.image = image;
        if (cpu !== undefined) container.resources = { requests: { cpu } };
        if (configmap !== undefined) container.envFrom = [{ configMapRef: { name: configmap } }];
        return object;
      }),
    service: ([name = ""], { ns = "default", app: label = name }) =>
      write(
        keyFor("services", ns, name),
        (before) =>
          before ?? {
            apiVersion: "v1",
            kind: "Service",
            metadata: metadata(name, ns),
            spec: { selector: { app: label }, ports: [{ port: 80 }] },
          },
      ),
    configmap: ([name = ""], { ns = "default", ...data }) =>
      write(keyFor("configmaps", ns, name), (before) => ({
        ...(before ?? { apiVersion: "v1", kind: "ConfigMap", metadata: metadata(name, ns) }),
        data,
      })),
    delete: ([resource = "", name = ""], { ns = "default" }) =>
      write(keyFor(resource, resource === "clusters.hanse.dev" ? "" : ns, name), () => undefined),
    sync: async ([name = ""]) => (await sync(name)) ?? ["no such member"],
    /** All of them, or those that are named. */
    async "sync-all"(names) {
      const lines: string[] = [];
      for (const name of names.length === 0 ? members.keys() : names)
        for (const line of (await sync(name)) ?? ["no such member"]) lines.push(`${name}: ${line}`);
      return lines;
    },
    run: async ([name = ""]) => (await members.get(name)?.run()) ?? ["no such member"],
    async refuse([name = "", object = "", ...message]) {
      members.get(name)?.refusals.set(object, message.join(" "));
      return [];
    },
    async accept([name = "", object = ""]) {
      members.get(name)?.refusals.delete(object);
      return [];
    },
    /** Time passes; only the named clusters are heard in it. */
    async wait([seconds = "0", ...heard]) {
      now += Number(seconds) * 1000;
      for (const name of heard) presence.seen(name);
      await presence.check();
      // Timers run by the machine's clock; what waits looks at ours again.
      await settle();
      controllers.nudge();
      return [];
    },
    async rollout([name = ""], { ns = "default" }) {
      const row = await store.get(keyFor("deployments.apps", ns, name));
      return row === undefined ? ["not found"] : [rolloutStatus(JSON.parse(row.value) as KubeObject).message];
    },
    async conditions([name = ""], { ns = "default" }) {
      const row = await store.get(keyFor("deployments.apps", ns, name));
      const conditions: Loose[] = row === undefined ? [] : (JSON.parse(row.value).status?.conditions ?? []);
      return conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
    },
  };

  await settle();
  await narrator.tell();
  return {
    /** What did not hold, in words. */
    broken: invariants.broken,
    async command(line: string): Promise<string> {
      const [verb = "", ...words] = line.trim().split(/\s+/);
      const run = commands[verb];
      if (run === undefined) return `unknown command ${verb}`;
      const fields = Object.fromEntries(
        words
          .filter((word) => /^\w+=/.test(word))
          .map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
      );
      const said = await run(verb === "refuse" ? words : words.filter((word) => !/^\w+=/.test(word)), fields);
      await settle();
      const lines = [...said, ...(await narrator.tell())];
      await invariants.atRest(line);
      return lines.length === 0 ? "ok" : lines.join("\n");
    },
    async stop(): Promise<void> {
      presence.stop();
      stop.abort();
      await controllers.stop();
    },
  };
}
