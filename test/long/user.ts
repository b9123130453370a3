// The user of the convergence soak: random writes to Deployments, Services and ConfigMaps of two namespaces at the root. Remembers nothing: what
// is wanted in the end is what the root then holds. Answers that a user may get (conflict, not found, no answer while serve is dead) are counted; others are violations.
import type { Client } from "../bench/client.ts";
import type { Random } from "./random.ts";

export const NAMESPACES = ["default", "shop"];
const NAMES = 8;
const MERGE = "application/merge-patch+json";
/** No answer stands as 0. Unavailable and too many requests happen while Postgres or serve come up. */
const USUAL = new Set([0, 200, 201, 404, 409, 429, 500, 503, 504]);

export class User {
  readonly answers = new Map<number, number>();
  readonly violations: string[] = [];
  readonly #root: Client;
  readonly #random: Random;
  #step = 0;

  constructor(root: Client, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  async act(): Promise<void> {
    const random = this.#random;
    const namespace = NAMESPACES[random(2)]!;
    const id = random(NAMES);
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const services = `/api/v1/namespaces/${namespace}/services`;
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    const step = ++this.#step;
    switch (random(14)) {
      case 0:
      case 1:
      case 2:
        return this.#call("POST", deployments, deployment(id, random(7), `tomcat:${step}`, random(NAMES)));
      case 3:
      case 4:
        return this.#call("PATCH", `${deployments}/d${id}`, { spec: { replicas: random(9) } });
      case 5:
        return this.#call("PATCH", `${deployments}/d${id}`, {
          spec: { template: pods(id, `tomcat:${step}`, random(NAMES)) },
        });
      case 6:
        return this.#call("PATCH", `${deployments}/d${id}`, { metadata: { annotations: { step: String(step) } } });
      case 7:
        return this.#call("DELETE", `${deployments}/d${id}`);
      case 8:
        return this.#call("POST", services, service(id, step));
      case 9:
        return this.#call("PATCH", `${services}/s${id}`, { spec: service(id, step).spec });
      case 10:
        return random(3) === 0 ? this.#call("DELETE", `${services}/s${id}`) : undefined;
      case 11:
        return this.#call("POST", maps, {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `c${id}` },
          data: { step: String(step) },
        });
      case 12:
        return this.#call("PATCH", `${maps}/c${id}`, { data: { step: String(step) } });
      case 13:
        return random(3) === 0 ? this.#call("DELETE", `${maps}/c${id}`) : undefined;
    }
  }

  async #call(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.#root
      .call(method, path, body, method === "PATCH" ? MERGE : undefined)
      .catch(() => undefined);
    const status = answer?.status ?? 0;
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    if (!USUAL.has(status)) this.violations.push(`${method} ${path}: ${status} ${answer?.text.slice(0, 300)}`);
  }
}

const pods = (id: number, image: string, config: number): object => ({
  metadata: { labels: { app: `d${id}` } },
  spec: {
    containers: [
      {
        name: "main",
        image,
        envFrom: [{ configMapRef: { name: `c${config}`, optional: true } }],
        resources: { requests: { cpu: "100m", memory: "64Mi" } },
      },
    ],
  },
});

const deployment = (id: number, replicas: number, image: string, config: number): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: `d${id}` },
  spec: { replicas, selector: { matchLabels: { app: `d${id}` } }, template: pods(id, image, config) },
});

const service = (id: number, step: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: `s${id}` },
  spec: { selector: { app: `d${id}` }, ports: [{ name: "http", port: 1024 + (step % 1000), targetPort: 8080 }] },
});
