// What users and admins do to a federation, and what others do to its clusters: one random act at a time, through the API that anybody has.
import type { KubeObject, Loose } from "../../../kinds/object.ts";
import type { Cluster } from "./cluster.ts";
import type { Handler } from "./network.ts";

export type Random = (most: number) => number;

export interface Operator {
  act(): Promise<string>;
  /** What somebody else made in a member, and nobody of ours may touch: "cluster resource name" -> its text. */
  foreign: Map<string, string>;
}

const NAMESPACE = "default";
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const CONFIGMAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const CLUSTERS = "/apis/hanse.dev/v1alpha1/clusters";
const PLACEMENTS = `/apis/hanse.dev/v1alpha1/namespaces/${NAMESPACE}/placements`;
const NAMES = ["web", "shop", "mail"];
const MERGE = "application/merge-patch+json";

export function createOperator(send: Handler, clusters: readonly Cluster[], random: Random): Operator {
  const foreign = new Map<string, string>();
  const pick = <T>(of: readonly T[]): T => of[random(of.length)]!;

  /** Its outcome in a word; no answer while nobody serves. */
  async function call(method: string, path: string, body?: unknown, type = "application/json"): Promise<string> {
    const answer = await send(
      new Request(`http://federation${path}`, {
        method,
        headers: { "content-type": type },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    ).catch(() => undefined);
    return `${method} ${path}${body === undefined ? "" : ` ${JSON.stringify(body).slice(0, 160)}`} -> ${answer?.status ?? "no answer"}`;
  }

  const deployment = (name: string): Loose => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, annotations: random(3) === 0 ? { "hanse.dev/placement": "eu" } : {} },
    spec: {
      replicas: random(6),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: "main",
              image: `${name}:${random(3)}`,
              envFrom: [{ configMapRef: { name: pick(NAMES), optional: true } }],
              resources: { requests: { cpu: pick(["100m", "500m", "1"]) } },
            },
          ],
        },
      },
    },
  });

  const placement = (): Loose => ({
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Placement",
    metadata: { name: "eu" },
    spec: {
      selectors: [{ name: pick(NAMES) }],
      clusters: [{ names: clusters.slice(0, 1 + random(clusters.length)).map(({ name }) => name) }],
      weighing: pick(["Even", "FreeCapacity", "Pack"]),
      failover: { tolerationSeconds: 30, failBack: pick(["Never", "WhenReady"]) },
    },
  });

  /** Somebody works in a cluster without asking the federation. */
  async function meddle(cluster: Cluster): Promise<string> {
    const { member } = cluster;
    const at = (path: string, method: string, body: unknown, type = "application/json"): Promise<Response> =>
      member.fetch(
        new Request(`http://member/members/${cluster.name}${path}`, {
          method,
          headers: { "content-type": type, authorization: `Bearer ${member.token}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
    const name = pick(NAMES);
    switch (random(3)) {
      case 0: {
        const answer = await at(`${DEPLOYMENTS}/${name}`, "PATCH", { spec: { replicas: random(5) } }, MERGE);
        return `${cluster.name}: somebody scales ${name} -> ${answer.status}`;
      }
      case 1: {
        const answer = await at(`${CONFIGMAPS}/${name}`, "DELETE", undefined);
        // Ours is healed; one that is foreign is its owner's to delete.
        foreign.delete(`${cluster.name} configmaps ${name}`);
        return `${cluster.name}: somebody deletes configmap ${name} -> ${answer.status}`;
      }
      default: {
        const made = await at(CONFIGMAPS, "POST", {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name },
          data: { by: "somebody" },
        });
        if (made.status === 201) foreign.set(`${cluster.name} configmaps ${name}`, identity(await made.json()));
        return `${cluster.name}: somebody makes configmap ${name} -> ${made.status}`;
      }
    }
  }

  async function act(): Promise<string> {
    const name = pick(NAMES);
    const cluster = pick(clusters);
    switch (random(15)) {
      case 0:
      case 1:
      case 2:
        return call("POST", DEPLOYMENTS, deployment(name));
      case 3:
      case 4:
        return call("PATCH", `${DEPLOYMENTS}/${name}`, { spec: { replicas: random(8) } }, MERGE);
      case 5: {
        const image = { spec: { template: { metadata: { annotations: { at: String(random(1000)) } } } } };
        return call("PATCH", `${DEPLOYMENTS}/${name}`, image, MERGE);
      }
      case 6:
        return call("DELETE", `${DEPLOYMENTS}/${name}`);
      case 7:
        return call("POST", CONFIGMAPS, {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name },
          data: { key: String(random(100)) },
        });
      case 8:
        return call("PATCH", `${CONFIGMAPS}/${name}`, { data: { key: String(random(100)) } }, MERGE);
      case 9:
        return random(2) === 0 ? call("DELETE", `${CONFIGMAPS}/${name}`) : meddle(cluster);
      case 10:
        return call("PATCH", `${CLUSTERS}/${cluster.name}`, { spec: { unschedulable: random(2) === 0 } }, MERGE);
      case 11: {
        const taint = { key: "maintenance", effect: pick(["NoSchedule", "NoExecute"]) };
        return call("PATCH", `${CLUSTERS}/${cluster.name}`, { spec: { taints: random(3) > 0 ? [] : [taint] } }, MERGE);
      }
      case 12:
        return random(2) === 0
          ? call("POST", PLACEMENTS, placement())
          : call("PATCH", `${PLACEMENTS}/eu`, { spec: placement().spec }, MERGE);
      case 13:
        return call("DELETE", `${PLACEMENTS}/eu`);
      default:
        return meddle(cluster);
    }
  }

  return { act, foreign };
}

/** What must not change of an object that is somebody else's. */
export function identity(object: KubeObject): string {
  return JSON.stringify([object.metadata.uid, object.metadata.labels ?? {}, object["data"], object["spec"]]);
}
