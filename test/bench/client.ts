// The same small HTTPS client for Hanse and for kube-apiserver, so that what it costs is equal on both sides.
import type { ClientRequest } from "node:http";
import { Agent, request } from "node:https";

export interface Target {
  name: string;
  server: string;
  token: string;
}

export interface Answer {
  status: number;
  text: string;
}

export class Client {
  readonly target: Target;
  readonly #agent: Agent;

  constructor(target: Target, connections: number) {
    this.target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, rejectUnauthorized: false });
  }

  call(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
    accept = "application/json",
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { authorization: `Bearer ${this.target.token}`, accept };
      const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      if (bytes) {
        headers["content-type"] = contentType;
        headers["content-length"] = bytes.length;
      }
      const outgoing = request(
        new URL(path, this.target.server),
        { method, headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(bytes);
    });
  }

  /**
   * Follows a watch until the returned function is called; `onEvent` gets each parsed event. A server cuts off watchers that do not keep up
   * with a burst: then it goes on from the last version.
   */
  watch(path: string, onEvent: (event: any) => void): () => void {
    let last = "";
    let ended = false;
    let outgoing: ClientRequest;
    const headers = { authorization: `Bearer ${this.target.token}` };
    const follow = (): void => {
      if (ended) return;
      const url = new URL(`${path}${last === "" ? "" : `&resourceVersion=${last}`}`, this.target.server);
      outgoing = request(url, { headers, agent: this.#agent }, (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            if (line === "") continue;
            const event = JSON.parse(line);
            if (event.type === "ERROR") throw new Error(`watch of ${path}: ${line}`);
            last = event.object.metadata.resourceVersion;
            onEvent(event);
          }
        });
        response.on("error", () => {});
      });
      outgoing.on("error", () => {});
      outgoing.on("close", follow);
      outgoing.end();
    };
    follow();
    return () => {
      ended = true;
      outgoing.destroy();
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Runs `work(i)` for i in 0..count-1 with so many at once; returns each one's duration in ms and the total. */
export async function pool(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<{ durationsMs: number[]; totalMs: number }> {
  const durationsMs: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const index = next++;
        const start = performance.now();
        await work(index);
        durationsMs.push(performance.now() - start);
      }
    }),
  );
  return { durationsMs, totalMs: performance.now() - begun };
}

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function expectStatus(answer: Answer, ...wanted: number[]): void {
  if (!wanted.includes(answer.status)) throw new Error(`answer ${answer.status}: ${answer.text.slice(0, 500)}`);
}

/** A Deployment as charts write them, about 2.5 kB once defaulted. */
export function deployment(name: string, replicas = 2, image = "tomcat:10"): any {
  const labels = { app: name, "app.kubernetes.io/name": "tomcat", "app.kubernetes.io/part-of": "bench" };
  const probe = { httpGet: { path: "/", port: 8080 }, periodSeconds: 10 };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default", labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: "tomcat",
              image,
              ports: [{ name: "http", containerPort: 8080 }],
              env: [
                { name: "JAVA_OPTS", value: "-Xmx256m" },
                { name: "LOG_LEVEL", value: "info" },
              ],
              resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
              readinessProbe: probe,
              livenessProbe: probe,
            },
          ],
        },
      },
    },
  };
}
