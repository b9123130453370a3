// What an operator does in a story, as kubectl does it: requests to the federation's own API, the whole wire, authenticated as admin.
// A refusal is told in the API's words; what is accepted tells itself by what it changes.
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../../kinds/all.ts";
import type { Loose } from "../../kinds/object.ts";
import { REBALANCE_ANNOTATION } from "../../kinds/placement.ts";
import { type AppParts, createApp } from "../../worker/app.ts";
import { hashToken, memoryCredentials } from "../../worker/store/credentials.ts";

const TOKEN = "operator";
const MERGE = "application/merge-patch+json";
const DEFAULT = "namespaces/default";

type Fields = Record<string, string>;
type Command = (args: string[], fields: Fields) => Promise<string[]>;

export async function createOperator(
  parts: Pick<AppParts, "store" | "presence" | "clock" | "random" | "uid" | "plan">,
): Promise<Record<string, Command>> {
  const credentials = memoryCredentials();
  await credentials.setAdminToken(await hashToken(TOKEN));
  const app = createApp({
    ...parts,
    credentials,
    kinds: { all: ROOT_KINDS },
    projections: ROOT_PROJECTIONS,
    openapi: async () => "",
  });

  async function call(method: string, path: string, body?: unknown, type = "application/json") {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": type };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await app.fetch(new Request(`http://federation${path}`, { method, headers, ...text }));
    return { ok: answer.ok, body: (await answer.json()) as Loose };
  }

  async function done(...request: Parameters<typeof call>): Promise<string[]> {
    const { ok, body } = await call(...request);
    return ok ? [] : [`refused: ${body.message}`];
  }

  const node = (name: string, spec: Loose): Promise<string[]> =>
    done("PATCH", `/api/v1/nodes/${name}`, { spec }, MERGE);

  async function podsOn(name: string): Promise<string[]> {
    const { body } = await call("GET", `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`);
    return body.items.map((pod: Loose) => pod.metadata.name);
  }

  /** As `kubectl drain` does once it has cordoned: asks for every pod, and says which may not go yet. */
  async function evict([name = ""]: string[]): Promise<string[]> {
    const lines: string[] = [];
    for (const pod of await podsOn(name)) {
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod, namespace: "default" } };
      const refused = await done("POST", `/api/v1/${DEFAULT}/pods/${pod}/eviction`, eviction);
      lines.push(`evicting pod ${pod}${refused.map((why) => `: ${why}`).join("")}`);
    }
    return lines;
  }

  async function put(group: string, resource: string, object: Loose): Promise<string[]> {
    const path = `/apis/${group}/${DEFAULT}/${resource}`;
    const { ok } = await call("GET", `${path}/${object.metadata.name}`);
    const whole = { apiVersion: group, ...object };
    return ok
      ? done("PATCH", `${path}/${object.metadata.name}`, { spec: object.spec }, MERGE)
      : done("POST", path, whole);
  }

  return {
    cordon: ([name = ""]) => node(name, { unschedulable: true }),
    uncordon: ([name = ""]) => node(name, { unschedulable: null }),
    evict,
    async drain([name = ""]) {
      return [...(await node(name, { unschedulable: true })), ...(await evict([name]))];
    },
    /** As `kubectl get nodes` shows them, with the reason of those that are not Ready. */
    async nodes() {
      const { body } = await call("GET", "/api/v1/nodes");
      return body.items.map(({ metadata, spec, status }: Loose) => {
        const ready = status.conditions.find(({ type }: Loose) => type === "Ready");
        const state = ready?.status === "True" ? "Ready" : `NotReady (${ready?.message})`;
        return `${metadata.name} ${state}${spec.unschedulable === true ? ", SchedulingDisabled" : ""}`;
      });
    },
    /** Of the Deployment of the same name: clusters in order, "paris>tokyo+lyon", each filled before the next. */
    placement: ([name = ""], { groups, weighing, failback, toleration }) =>
      put("hanse.dev/v1alpha1", "placements", {
        kind: "Placement",
        metadata: { name, namespace: "default" },
        spec: {
          selectors: [{ kind: "Deployment", name }],
          ...(groups === undefined
            ? {}
            : { groups: groups.split(">").map((group) => ({ clusters: [{ names: group.split("+") }] })) }),
          ...(weighing === undefined ? {} : { weighing }),
          ...(failback === undefined && toleration === undefined
            ? {}
            : {
                failover: {
                  ...(failback === undefined ? {} : { failBack: failback }),
                  ...(toleration === undefined ? {} : { tolerationSeconds: Number(toleration) }),
                },
              }),
        },
      }),
    budget: ([name = ""], { min = "1" }) =>
      put("policy/v1", "poddisruptionbudgets", {
        kind: "PodDisruptionBudget",
        metadata: { name, namespace: "default" },
        spec: { minAvailable: Number(min), selector: { matchLabels: { app: name } } },
      }),
    rebalance: ([name = "", value = ""]) =>
      done(
        "PATCH",
        `/apis/apps/v1/${DEFAULT}/deployments/${name}`,
        { metadata: { annotations: { [REBALANCE_ANNOTATION]: value } } },
        MERGE,
      ),
  };
}
