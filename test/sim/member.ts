// The agent of a scripted cluster: pulls and reports over the agent's real routes, but keeps its "cluster" in a map and does what the script
// says, no sooner. Deployments get the status a deployment controller would give them; pods turn ready only on `run`.
import type { Hono } from "hono";
import type { Changes, Item, ReportItem } from "../../kinds/protocol.ts";

interface Held {
  item: Item;
  memberUid: string;
  memberGeneration: number;
  replicas: number;
  image: string;
  /** Pods of the image before, still there until `run`. */
  old: number;
  ready: number;
}

export class ScriptedMember {
  readonly #app: Hono;
  readonly #name: string;
  readonly #held = new Map<string, Held>();
  readonly refusals = new Map<string, string>();
  #cursor = "";
  #uids = 0;

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
    if (reports.length > 0) await this.#report(reports);
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
    await this.#report(reports);
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

  async #report(items: ReportItem[]): Promise<void> {
    await this.#request(`/clusters/${this.#name}/hanse/v1/reports`, { items });
  }

  async #request(path: string, body?: unknown): Promise<Response> {
    return this.#app.request(path, {
      headers: { "x-scripted-cluster": this.#name, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
  }
}
