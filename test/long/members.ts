// The member clusters of the convergence soak: simulated, with real agents as processes. What happens to them: faults, drift, kill -9 of agents,
// and foreign objects, planted before or put in the place of one of ours, which must stay as they are for ever (P4).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Federation, Running } from "../e2e/processes.ts";
import { connect, type Kube } from "../../cli/kube.ts";
import { BINDING_LABEL } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { type Simulation, startSimulation } from "../../sim/simulation.ts";
import type { Random } from "./random.ts";

export const KINDS = ["apps/v1/deployments", "v1/services", "v1/configmaps"];
const MERGE = "application/merge-patch+json";

/** ["apps/v1/deployments", "shop"] -> "/apis/apps/v1/namespaces/shop/deployments"; without a namespace: all of them. */
export function pathOf(kind: string, namespace?: string, name?: string): string {
  const at = kind.lastIndexOf("/");
  const base = kind.includes("apps/") ? `/apis/${kind.slice(0, at)}` : `/api/${kind.slice(0, at)}`;
  return `${base}${namespace ? `/namespaces/${namespace}` : ""}/${kind.slice(at + 1)}${name ? `/${name}` : ""}`;
}

export class Members {
  readonly names = ["m0", "m1", "m2", "m3", "m4"];
  /** "m0 v1/configmaps default/c0" -> as it was made. */
  readonly foreign = new Map<string, KubeObject>();
  readonly done = new Map<string, number>();
  readonly #federation: Federation;
  readonly #simulation: Simulation;
  readonly #apis = new Map<string, Kube>();
  readonly #agents = new Map<string, Running>();
  readonly #configs = new Map<string, string>();

  private constructor(federation: Federation, simulation: Simulation) {
    this.#federation = federation;
    this.#simulation = simulation;
  }

  static async start(federation: Federation): Promise<Members> {
    const simulation = await startSimulation({ members: [], clock: Date.now });
    const members = new Members(federation, simulation);
    for (const [index, name] of members.names.entries()) {
      await simulation.add({ name, nodes: 1 + index, cpuPerNode: "8", memoryPerNode: "32Gi", podStartMs: 50 });
      members.#apis.set(name, connect({ server: simulation.url(name), token: simulation.token(name) }));
      const path = join(federation.dir, `${name}.kubeconfig`);
      writeFileSync(path, simulation.kubeconfig(name));
      members.#configs.set(name, path);
    }
    await members.#plantForeign();
    for (const name of members.names) {
      members.#agents.set(name, federation.agent(name, members.#configs.get(name)!, federation.join(name)));
    }
    return members;
  }

  api(name: string): Kube {
    return this.#apis.get(name)!;
  }

  /** Objects of a kind with our label, by "namespace/name". */
  async ours(member: string, kind: string): Promise<Map<string, KubeObject>> {
    const { items } = await this.api(member).request<{ items: KubeObject[] }>(
      "GET",
      `${pathOf(kind)}?labelSelector=${encodeURIComponent(BINDING_LABEL)}`,
    );
    return new Map(items.map((item) => [`${item.metadata.namespace ?? ""}/${item.metadata.name}`, item]));
  }

  async killAgent(name: string): Promise<void> {
    await this.#agents.get(name)!.kill("SIGKILL");
    this.#agents.set(name, this.#federation.agent(name, this.#configs.get(name)!));
    this.#count("agent killed");
  }

  /** A fault until the returned function is called. */
  fault(name: string, random: Random): () => void {
    const what = (["down", "slow", "refuse"] as const)[random(3)]!;
    this.#count(`fault ${what}`);
    if (what === "down") this.#simulation.fault(name, { down: true });
    if (what === "slow") this.#simulation.fault(name, { slowMs: 50 + random(400) });
    const digit = String(random(8));
    const refused = (object: KubeObject): boolean =>
      object.metadata.labels?.[BINDING_LABEL] !== undefined && object.metadata.name.endsWith(digit);
    if (what === "refuse")
      this.#simulation.fault(name, { refuse: (object) => (refused(object) ? "no such names here" : undefined) });
    return () => this.heal(name);
  }

  heal(name: string): void {
    this.#simulation.fault(name, { down: undefined, slowMs: undefined, refuse: undefined });
  }

  /** Changes something of ours behind the agent's back. Members that are down stay as they are. */
  async drift(name: string, random: Random): Promise<void> {
    const api = this.api(name);
    const kind = KINDS[random(KINDS.length)]!;
    try {
      const ours = [...(await this.ours(name, kind)).values()];
      const object = ours[random(ours.length)];
      if (object === undefined) return;
      const { namespace, name: of } = object.metadata;
      const path = pathOf(kind, namespace, of);
      const patch = (body: object) => api.request("PATCH", path, { body, contentType: MERGE });
      const what = random(25) === 0 ? "usurp" : (["spec", "label", "delete"] as const)[random(3)]!;
      if (what === "spec") {
        if (kind === "v1/configmaps") await patch({ data: { step: "drifted", mine: "kept" } });
        else if (kind === "v1/services") await patch({ spec: { selector: { app: "drifted" } } });
        else await patch({ spec: { replicas: object["spec"].replicas + 1, minReadySeconds: random(2) } });
      } else if (what === "label") await patch({ metadata: { labels: { [BINDING_LABEL]: null } } });
      else await api.request("DELETE", path);
      if (what === "usurp")
        await this.#plant(name, kind, {
          ...bare(object),
          metadata: { name: of, namespace, annotations: { owner: "somebody else" } },
        });
      this.#count(`drift ${what}`);
    } catch {
      // Down, or somebody was faster.
    }
  }

  /** What is not as it was made, or gone. */
  async foreignTouched(): Promise<string[]> {
    const touched: string[] = [];
    for (const [id, made] of this.foreign) {
      const [member = "", kind = "", name = ""] = id.split(" ");
      const [namespace, of] = name.split("/");
      const live = await this.api(member)
        .request<KubeObject>("GET", pathOf(kind, namespace, of))
        .catch((error: Error) => error.message);
      if (typeof live === "string") touched.push(`${id}: ${live}`);
      else if (live.metadata.uid !== made.metadata.uid) touched.push(`${id} was made anew`);
      else if (JSON.stringify(whose(live)) !== JSON.stringify(whose(made)))
        touched.push(`${id}: ${JSON.stringify(whose(live))} was ${JSON.stringify(whose(made))}`);
    }
    return touched;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.kill("SIGKILL")));
    for (const api of this.#apis.values()) api.close();
    await this.#simulation.stop();
  }

  #count(what: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  async #plantForeign(): Promise<void> {
    await this.api("m2").request("POST", "/api/v1/namespaces", {
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    });
    for (const name of this.names) await this.#plant(name, "v1/configmaps", configMap("foreign"));
    await this.#plant("m0", "v1/configmaps", configMap("c0"));
    await this.#plant("m1", "v1/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "s1", namespace: "default" },
      spec: { selector: { app: "foreign" }, ports: [{ port: 80 }] },
    });
    await this.#plant("m2", "v1/configmaps", { ...configMap("c2"), metadata: { name: "c2", namespace: "shop" } });
  }

  async #plant(member: string, kind: string, object: KubeObject): Promise<void> {
    const made = await this.api(member).request<KubeObject>(
      "POST",
      `${pathOf(kind, object.metadata.namespace)}?fieldManager=somebody`,
      { body: object },
    );
    this.foreign.set(`${member} ${kind} ${object.metadata.namespace}/${object.metadata.name}`, made);
  }
}

const configMap = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data: { owner: "somebody else" },
});

/** An object as a user would make it again: what servers give is left out. */
function bare(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = structuredClone(object);
  if (rest.kind === "Service") rest["spec"] = { selector: rest["spec"].selector, ports: [{ port: 80 }] };
  return rest as KubeObject;
}

/** Everything of an object but what its own cluster's controllers write. */
function whose({ metadata, spec, data }: KubeObject): unknown {
  const managers = (metadata.managedFields ?? [])
    .map(({ manager }) => manager)
    .filter((manager) => manager === "hanse");
  return { labels: metadata.labels, finalizers: metadata.finalizers, spec, data, managers };
}
