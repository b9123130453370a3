// ClusterRoles with an aggregationRule hold the rules of those that their selectors name, in the order of names, each rule once
// (kk:pkg/controller/clusterroleaggregation). One key: any change of any ClusterRole may concern any of them.
import { matchesLabels, selectorFromObject } from "../../core/query/selector.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { type PolicyRule, RBAC, rulesOf } from "../../kinds/rbac/policyrule.ts";
import type { Event } from "../store/store.ts";
import { commit } from "./commit.ts";
import type { Context, Controller } from "./context.ts";
import { readObject, writeObject, type Stored } from "./rows.ts";
import { eachRow } from "./scan.ts";

const ROLES = `clusterroles.${RBAC}`;
const ALL = "all";

export const rolesController: Controller = {
  name: "roles",
  concurrency: 1,
  *wakes({ resource }: Event) {
    if (resource === ROLES) yield ALL;
  },
  async *resync() {
    yield ALL;
  },
  async reconcile(_key, context) {
    const roles: Stored<KubeObject>[] = [];
    for await (const row of eachRow(context.store, ROLES)) roles.push(readObject(row));
    for (const role of roles) await gather(role, roles, context);
  },
};

async function gather(role: Stored<KubeObject>, roles: readonly Stored<KubeObject>[], context: Context): Promise<void> {
  const selectors: Loose[] = role.value["aggregationRule"]?.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return;
  const rules: PolicyRule[] = [];
  for (const object of selectors) {
    const selector = selectorFromObject(object);
    if (selector === undefined) continue;
    for (const { value } of roles) {
      if (value.metadata.name === role.value.metadata.name) continue;
      if (!matchesLabels(selector, value.metadata.labels ?? {})) continue;
      for (const rule of rulesOf(value)) if (!rules.some((one) => equalJson(one, rule))) rules.push(rule);
    }
  }
  if (equalJson(rules, rulesOf(role.value))) return;
  await commit(context, { ops: [writeObject(ROLES, { ...role.value, rules }, role)] });
}
