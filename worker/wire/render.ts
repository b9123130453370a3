// GET <object>/render?cluster=NAME: the object as that cluster gets it by what stands at the root now: its content, what Overrides and federation
// keys make of it there, and the share that the cluster's binding gives it; without a binding, or with one that ends, divided fields are left
// out. Answers before anything is placed, so it shows what an Override would do. 404: no such cluster. 422: an Override cannot be followed, in
// the words that its templates' conditions have. A rendered object has no version: it is no state of anything.
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import { type Kind, kindKey } from "../../kinds/kind.ts";
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import { CLUSTER_OVERRIDES, type OverrideSpec, OVERRIDES } from "../../kinds/placement.ts";
import { applyJsonPatch } from "../../core/patch/json.ts";
import { customize, overridesFor } from "../../core/placement/customize.ts";
import { selectableCluster } from "../../core/placement/selectcluster.ts";
import { type Policy, policyOf } from "../../core/placement/template.ts";
import { render } from "../../core/render/render.ts";
import { revisionContent } from "../../core/schedule/revision.ts";
import { storedKind } from "./convert.ts";
import { type Exchange, keyOf, send } from "./exchange.ts";
import { ApiError, badRequest, methodNotAllowed, notFound } from "./status.ts";

/** Has it this endpoint where there are clusters to render for? */
export function isRendered(kind: Kind): boolean {
  const { rule } = storedKind(kind).federation;
  return rule === "workload" || rule === "follower";
}

export async function rendered(x: Exchange, verb: string): Promise<Response> {
  if (verb !== "get") throw methodNotAllowed();
  const { reader } = x.options;
  const { name, kind } = x.target;
  const asked = x.query.get("cluster");
  if (!asked) throw badRequest("for which cluster? the query parameter cluster names it");
  const stored = storedKind(kind);
  const cluster = await reader.get({ resource: CLUSTERS, namespace: "", name: asked });
  if (cluster === undefined) throw notFound({ group: "hanse.dev", resource: "clusters" }, asked);
  const row = await reader.get(keyOf(x.target));
  if (row === undefined) throw notFound(kind, name);
  const template = JSON.parse(row.value) as KubeObject;
  if (stored.propagates?.(template) === false)
    throw badRequest(`${kindKey(stored)} ${JSON.stringify(name)} stays at the root`);

  const content = JSON.parse(revisionContent(template, stored.federation)) as KubeObject;
  const overrides = overridesFor(template, { overrides: await overridesOf(x) });
  const customized = customize(content, selectableCluster(JSON.parse(cluster.value) as KubeObject), overrides);
  if ("broken" in customized) throw broken(x, customized.broken);
  const own = applyJsonPatch(content as JsonObject, customized.patch);
  if (!own.ok) throw broken(x, own.detail ?? own.message);

  const { namespace = "", uid = "" } = template.metadata;
  const ref = { apiVersion: template.apiVersion, kind: template.kind, resource: kindKey(stored), namespace, name, uid };
  const share = await shareOf(x, asked, uid);
  return send(x, 200, JSON.stringify(render(own.object as KubeObject, ref, share)));
}

/** Those that can reach the object: its namespace's, and the cluster-wide ones. */
async function overridesOf({ options, target }: Exchange): Promise<Policy<OverrideSpec>[]> {
  const { reader } = options;
  const [own, wide] = await Promise.all([
    target.namespace === "" ? undefined : reader.list({ resource: OVERRIDES, namespace: target.namespace }),
    reader.list({ resource: CLUSTER_OVERRIDES }),
  ]);
  return [...(own?.rows ?? []), ...wide.rows].map(({ resource, value }) =>
    policyOf<OverrideSpec>(resource, JSON.parse(value) as KubeObject),
  );
}

async function shareOf({ options }: Exchange, cluster: string, uid: string): Promise<Binding["share"]> {
  const row = await options.reader.get({ resource: BINDINGS, namespace: cluster, name: uid });
  const binding = row && (JSON.parse(row.value) as Binding);
  return binding === undefined || binding.tombstone !== undefined ? {} : binding.share;
}

function broken({ target }: Exchange, why: string): ApiError {
  const { group, kind } = target.kind;
  return new ApiError(422, "Invalid", why, { name: target.name, group: group || undefined, kind });
}
