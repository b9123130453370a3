// A divided Job of which one share failed for good has failed: the pods of the other shares are ended, as upstream ends those that still run of a
// Job that fails. Their parallelism becomes 0; nothing of it is placed again.
import type { KubeObject } from "../../kinds/object.ts";
import { conditionsOf } from "../../core/aggregate/conditions.ts";
import { finished } from "../../core/aggregate/member.ts";
import { countOf, withCount } from "../../core/schedule/share.ts";
import type { Event, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import type { Context } from "./context.ts";
import type { Deciding } from "./decideread.ts";
import { readRows } from "./recent.ts";
import { readReport, reportKey, writeBinding } from "./rows.ts";

const FAILING = "FailureTarget";

/** It came to this with that change. */
export function startsToFail({ value, previous }: Event): boolean {
  return value.includes(`"${FAILING}"`) && previous?.includes(`"${FAILING}"`) === false;
}

/** One of several shares failed. */
export function isFailing({ rule, template, bindings }: Pick<Deciding, "rule" | "template" | "bindings">): boolean {
  const shares = bindings.filter(({ value }) => value.tombstone === undefined).length;
  return rule.once === true && rule.divided.length > 0 && shares > 1 && saysSo(template.value);
}

function saysSo(object: KubeObject): boolean {
  return conditionsOf(object["status"]?.conditions).some(({ type, status }) => type === FAILING && status === "True");
}

export async function stopOthers({ template, bindings }: Deciding, context: Context): Promise<void> {
  const { value, version } = template;
  const { namespace = "", name, uid = "" } = value.metadata;
  const live = bindings.filter((one) => one.value.tombstone === undefined);
  const keys = live.map(({ cluster }) => reportKey(cluster, uid));
  const over = new Set(
    (await readRows(keys, context)).map(readReport).flatMap((one) => (finished(one.value.status) ? one.cluster : [])),
  );
  const ops = live.flatMap(({ cluster, value: binding, version: was }): Op[] => {
    if (over.has(cluster) || countOf(binding) === 0) return [];
    const next = { ...binding, generation: binding.generation + 1, share: withCount(binding.share, 0) };
    return [writeBinding(cluster, next, { version: was })];
  });
  const [first] = live;
  if (ops.length === 0 || first === undefined) return;
  const { resource } = first.value.template;
  await commit(context, { ops: [...ops, { op: "require", key: { resource, namespace, name }, expect: version }] });
}
