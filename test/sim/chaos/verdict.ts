// What must be true once everything is well again and time has passed: every cluster holds exactly what the federation decided, nothing of ours is
// left over, nothing of others was touched, shares add up, and nobody writes any more.
import { BINDINGS, BINDING_LABEL, type Binding } from "../../../kinds/binding.ts";
import { CLUSTERS } from "../../../kinds/cluster.ts";
import type { JsonObject, JsonValue, KubeObject } from "../../../kinds/object.ts";
import { applyJsonPatch } from "../../../core/patch/json.ts";
import { render } from "../../../core/render/render.ts";
import { DECISIONS, type Decision } from "../../../core/schedule/decision.ts";
import type { Row, Store } from "../../../worker/store/store.ts";
import type { Cluster } from "./cluster.ts";
import { identity } from "./operators.ts";

/** Resources of members that the simulation's users make. */
const OURS = ["deployments.apps", "configmaps"] as const;

/** One line each; empty: all is well. */
export async function faultsOf(
  store: Store,
  clusters: readonly Cluster[],
  foreign: ReadonlyMap<string, string>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const cluster of clusters) faults.push(...(await clusterFaults(store, cluster, foreign)));
  for (const [key, text] of foreign) faults.push(...(await foreignFaults(key, text, clusters)));
  faults.push(...(await decisionFaults(store)));
  for (const row of (await store.list({ resource: CLUSTERS })).rows)
    if (!row.value.includes('"reason":"AgentConnected"')) faults.push(`${row.name} is not Ready`);
  for (const { name, crashes } of clusters) for (const crash of crashes) faults.push(`${name}: agent ended: ${crash}`);
  return faults;
}

async function clusterFaults(store: Store, cluster: Cluster, foreign: ReadonlyMap<string, string>): Promise<string[]> {
  const faults: string[] = [];
  const held = new Map<string, KubeObject>();
  for (const resource of OURS)
    for (const row of (await cluster.member.store.list({ resource })).rows) {
      const object = JSON.parse(row.value) as KubeObject;
      held.set(`${resource}/${row.namespace}/${row.name}`, object);
    }
  const wanted = new Set<string>();
  for (const row of (await store.list({ resource: BINDINGS, namespace: cluster.name })).rows) {
    const binding = JSON.parse(row.value) as Binding;
    const { template } = binding;
    const key = `${template.resource}/${template.namespace}/${template.name}`;
    if (binding.tombstone !== undefined) faults.push(`${cluster.name}: ${key}: the tombstone is not answered`);
    if (!OURS.some((resource) => resource === template.resource)) continue;
    wanted.add(template.uid);
    const object = held.get(key);
    if (object?.metadata.labels?.[BINDING_LABEL] !== template.uid) {
      if (!foreign.has(`${cluster.name} ${template.resource} ${template.name}`))
        faults.push(`${cluster.name}: ${key} is ${object === undefined ? "missing" : "not ours"}`);
      continue;
    }
    const difference = lacking(await rendered(store, binding), object as unknown as JsonObject, "");
    if (difference !== undefined) faults.push(`${cluster.name}: ${key}: ${difference}`);
  }
  for (const [key, object] of held) {
    const uid = object.metadata.labels?.[BINDING_LABEL];
    if (uid !== undefined && !wanted.has(uid)) faults.push(`${cluster.name}: ${key} is left over`);
  }
  return faults;
}

async function rendered(store: Store, binding: Binding): Promise<JsonObject> {
  const digests = [binding.revision, ...(binding.override === undefined ? [] : [binding.override])];
  const contents = await store.contents(digests);
  let content = JSON.parse(contents.get(binding.revision)!) as JsonObject;
  if (binding.override !== undefined) {
    const result = applyJsonPatch(content, JSON.parse(contents.get(binding.override)!));
    if (!result.ok) throw new Error(`an override does not apply: ${JSON.stringify(result)}`);
    content = result.value as JsonObject;
  }
  return render(content as unknown as KubeObject, binding.template, binding.share) as unknown as JsonObject;
}

/** The first thing of `wanted` that `held` does not have so. */
function lacking(wanted: JsonValue, held: JsonValue | undefined, path: string): string | undefined {
  if (wanted !== null && typeof wanted === "object") {
    if (held === null || typeof held !== "object") return `${path} is ${JSON.stringify(held)}`;
    for (const [name, value] of Object.entries(wanted)) {
      const found = lacking(value as JsonValue, (held as JsonObject)[name] as JsonValue, `${path}/${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return wanted === held ? undefined : `${path} is ${JSON.stringify(held)}, not ${JSON.stringify(wanted)}`;
}

async function foreignFaults(key: string, text: string, clusters: readonly Cluster[]): Promise<string[]> {
  const [cluster = "", resource = "", name = ""] = key.split(" ");
  const row = await clusters
    .find((one) => one.name === cluster)!
    .member.store.get({ resource, namespace: "default", name });
  if (row === undefined) return [`${key}: somebody's own object is gone`];
  return identity(JSON.parse(row.value) as KubeObject) === text ? [] : [`${key}: somebody's own object was changed`];
}

/** P7: every Deployment has a decision for its generation, and the shares add up, in it and in the bindings. */
async function decisionFaults(store: Store): Promise<string[]> {
  const faults: string[] = [];
  const decisions = new Map<string, Decision>();
  for (const row of (await store.list({ resource: DECISIONS })).rows)
    decisions.set(row.name, JSON.parse(row.value) as Decision);
  const bindings = (await store.list({ resource: BINDINGS })).rows;
  for (const row of (await store.list({ resource: "deployments.apps" })).rows) {
    const { metadata, spec, status } = JSON.parse(row.value) as KubeObject;
    const decision = decisions.get(metadata.uid ?? "");
    decisions.delete(metadata.uid ?? "");
    if (decision === undefined) faults.push(`${row.name}: nobody decided`);
    else if (decision.templateGeneration !== metadata.generation)
      faults.push(`${row.name}: decided for generation ${decision.templateGeneration} of ${metadata.generation}`);
    else if (decision.frozen === undefined) {
      const shares = decision.verdicts.reduce((sum, { share }) => sum + share, 0);
      if (shares + decision.unplaced !== spec.replicas)
        faults.push(`${row.name}: ${shares} placed + ${decision.unplaced} not, of ${spec.replicas}`);
      const missing = decision.unplaced + Number(status?.unavailableReplicas ?? 0);
      faults.push(...bindingFaults({ name: row.name, uid: metadata.uid ?? "", missing }, decision, bindings));
    }
  }
  for (const { template } of decisions.values())
    if (template.resource === "deployments.apps") faults.push(`a decision of ${template.name}, which is gone, is left`);
  return faults;
}

/** `missing`: pods that found no cluster, or in theirs no node that has room for one of them. */
function bindingFaults(
  { name, uid, missing }: { name: string; uid: string; missing: number },
  decision: Decision,
  bindings: readonly Row[],
): string[] {
  // What finds no room where it should go stays where it ran.
  const kept = Object.values(decision.leaving ?? {}).reduce((sum, count) => sum + count, 0);
  if (kept > missing) return [`${name}: ${kept} kept for ${missing} that found no room`];
  return decision.verdicts.flatMap(({ cluster, share }) => {
    const row = bindings.find((one) => one.namespace === cluster && one.name === uid);
    const binding = row === undefined ? undefined : (JSON.parse(row.value) as Binding);
    const bound = binding?.tombstone === undefined ? (binding?.share["spec.replicas"] ?? 0) : 0;
    if (bound === share + (decision.leaving?.[cluster] ?? 0)) return [];
    return [`${name}: ${cluster} is bound to ${bound}, decided was ${share}${binding?.leaving ? " (leaving)" : ""}`];
  });
}
