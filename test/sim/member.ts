// The agent of a scripted cluster: pulls and reports over the agent's real routes, but keeps its "cluster" in a map and does what the script
// says, no sooner. Deployments get the status a deployment controller would give them; pods turn ready only on `run`, and only those are reported.
import type { Hono } from "hono";
import type { Loose } from "../../kinds/object.ts";
import type { Changes, Item, Observed, ReportItem } from "../../kinds/protocol.ts";

interface Held {
  item: Item;
  memberUid: string;
  memberGeneration: number;
  replicas: number;
  image: string;
  /** Pods of the image before, still there until `run`. */
  old: number;
  ready: number;
  /** Names of the ready pods that the federation was told of, oldest first. */
  pods: string[];
}

export class ScriptedMember {
  readonly #app: Hono;
  readonly #name: string;
  readonly #held = new Map<string, Held>();
  readonly #gone: { namespace: string; pod: string }[] = [];
  readonly refusals = new Map<string, string>();
  #cursor = "";
  #uids = 0;
  #pods = 0;

  constructor(app: Hono, name: string) {
    this.#app = app;
    this.#name = name;
  }

  /** One pull and what it leads to, one line an item; then one report. */
  async sync(clock: () => number): Promise<string[]> {
    const lines: string[] = [];
    const reports: ReportItem[] = [];
    let changes: Changes;
    do {
      const answer = await this.#request(`/clusters/${this.#name}/hanse/v1/changes?wait=0&after=${this.#cursor}`);
      changes = (await answer.json()) as Changes;
      if (answer.status !== 200) return [`${answer.status} ${JSON.stringify(changes)}`];
      for (const item of changes.items) reports.push(this.#carryOut(item, lines, clock));
      this.#cursor = changes.cursor;
    } while (!changes.complete);
    if (reports.length > 0) await this.#report([...reports, ...this.#budgets()]);
    return lines;
  }

  /** All pods of every Deployment become Ready, old ones go. */
  async run(): Promise<string[]> {
    const reports: ReportItem[] = [];
    const lines: string[] = [];
    for (const held of this.#held.values()) {
      if (held.item.key.kind !== "Deployment") continue;
      held.old = 0;
      held.ready = held.replicas;
      lines.push(`${held.item.key.name}: ${held.ready} ready`);
      reports.push(this.#said(held));
    }
    await this.#report([...reports, ...this.#budgets()]);
    return lines;
  }

  async capacity(free: Record<string, string>): Promise<void> {
    await this.#request(`/clusters/${this.#name}/hanse/v1/reports`, {
      items: [],
      cluster: { free, capacity: free, allocatable: free, nodes: 1, kubernetesVersion: "v1.36.3" },
    });
  }

  #carryOut(item: Item, lines: string[], clock: () => number): ReportItem {
    const { key } = item;
    const name = `${key.resource}/${key.name}`;
    const found = this.#held.get(item.uid);
    if (item.tombstone !== undefined) {
      lines.push(`remove ${name}${found === undefined ? " (not here)" : ""}`);
      this.#held.delete(item.uid);
      if (found !== undefined) this.#gone.push(...found.pods.map((pod) => ({ namespace: key.namespace, pod })));
      return { uid: item.uid, generation: item.generation, removed: true };
    }
    const refusal = this.refusals.get(name);
    if (refusal !== undefined) {
      lines.push(`refuse ${name} generation ${item.generation}`);
      const failure = { reason: "Rejected", message: refusal, since: new Date(clock()).toISOString(), permanent: true };
      return found === undefined ? { uid: item.uid, generation: 0, failure } : { ...this.#said(found), failure };
    }
    if (found !== undefined && found.item.generation === item.generation) return this.#said(found);
    const spec = (
      item.object as
        | { spec?: { replicas?: number; template?: { spec?: { containers?: { image: string }[] } } } }
        | undefined
    )?.spec;
    const [image = "", replicas = 0] = [spec?.template?.spec?.containers?.[0]?.image, spec?.replicas];
    lines.push(
      `apply ${name} generation ${item.generation}${key.kind === "Deployment" ? ` replicas ${replicas} image ${image}` : ""}`,
    );
    const rolled = found !== undefined && found.image !== image;
    const held: Held = {
      item,
      image,
      replicas,
      memberUid: found?.memberUid ?? `${this.#name}-${(this.#uids += 1)}`,
      memberGeneration: (found?.memberGeneration ?? 0) + 1,
      old: rolled ? found.replicas : 0,
      ready: rolled ? found.ready : Math.min(found?.ready ?? 0, replicas),
      pods: found?.pods ?? [],
    };
    this.#held.set(item.uid, held);
    return this.#said(held);
  }

  #said({ item, memberUid, memberGeneration, replicas, old, ready }: Held): ReportItem {
    const status = {
      observedGeneration: memberGeneration,
      replicas: replicas + old,
      updatedReplicas: replicas,
      readyReplicas: ready,
      availableReplicas: ready,
    };
    return {
      uid: item.uid,
      generation: item.generation,
      memberUid,
      memberGeneration,
      ...(item.key.kind === "Deployment" ? { status } : {}),
    };
  }

  /** As a disruption controller sees the Deployments that a budget's labels meet. */
  #budgets(): ReportItem[] {
    const held = [...this.#held.values()];
    return held.flatMap((one) => {
      if (one.item.key.kind !== "PodDisruptionBudget") return [];
      const { minAvailable, selector } = (one.item.object as Loose).spec;
      const met = held.filter(
        ({ item }) =>
          item.key.kind === "Deployment" &&
          (item.object as Loose).spec.selector.matchLabels.app === selector.matchLabels.app,
      );
      const [healthy, expected] = [
        met.reduce((sum, { ready }) => sum + ready, 0),
        met.reduce((sum, { replicas }) => sum + replicas, 0),
      ];
      const status = {
        observedGeneration: one.memberGeneration,
        currentHealthy: healthy,
        desiredHealthy: minAvailable,
        expectedPods: expected,
        disruptionsAllowed: Math.max(0, healthy - minAvailable),
      };
      return [{ ...this.#said(one), status }];
    });
  }

  async #report(items: ReportItem[]): Promise<void> {
    await this.#request(`/clusters/${this.#name}/hanse/v1/reports`, { items, observed: this.#observe() });
  }

  /** What became of the pods: of too many the youngest go, as a ReplicaSet chooses. */
  #observe(): Observed {
    const upserts: Observed["upserts"] = [];
    for (const { item, pods, ready } of this.#held.values()) {
      const { namespace } = item.key;
      if (item.key.kind !== "Deployment") continue;
      this.#gone.push(...pods.splice(ready).map((pod) => ({ namespace, pod })));
      while (pods.length < ready) {
        const pod = `${item.key.name}-${this.#name}-${(this.#pods += 1)}`;
        pods.push(pod);
        const { metadata, spec } = (item.object as Loose).spec.template;
        upserts.push({
          uid: item.uid,
          resource: "pods",
          object: {
            metadata: { name: pod, namespace, uid: `uid-of-${pod}`, labels: metadata.labels },
            spec: { ...spec, nodeName: "node" },
            status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
          },
        });
      }
    }
    const gone = this.#gone
      .splice(0)
      .map(({ namespace, pod }) => ({ resource: "pods" as const, namespace, name: pod, uid: `uid-of-${pod}` }));
    return { upserts, gone };
  }

  /** Pods that serve, by the template's uid: whatever the federation knows of them. */
  available(): Map<string, number> {
    return new Map([...this.#held].map(([uid, { ready }]) => [uid, ready]));
  }

  async #request(path: string, body?: unknown): Promise<Response> {
    return this.#app.request(path, {
      headers: { "x-scripted-cluster": this.#name, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
  }
}
