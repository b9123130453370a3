// What a write does in the clusters, before it is made. A dry run tells it in Warnings, or as a ChangePlan to who asks for one (`hanse plan`). A
// change that would delete what it does not name (kinds/steering.ts) and more of it than the budget is refused, dry or not, until it says by an
// annotation how many deletions it means: valid for that change alone, since the value must come with it and be the number counted now.
//
// The plan is of the moment in which it is made: what is written beside it until the commit, and what was written before it and is not decided
// yet, is not in it. Refuses nothing when no controllers run beside this API (a simulated member, a view).
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { CONFIRM_DELETIONS_ANNOTATION } from "../../kinds/placement.ts";
import { type ChangePlan, PLAN_MEDIA_TYPE, planLines, planSummary } from "../../kinds/plan.ts";
import { isPlannable, steers } from "../../kinds/steering.ts";
import type { Key } from "../store/store.ts";
import { type Exchange, send } from "./exchange.ts";
import { invalid, tooManyRequests } from "./status.ts";

/** A fifth of all that stands in clusters, and always so many. */
const BUDGET_SHARE = 0.2;
const BUDGET_LEAST = 10;
const LINES = 20;
/** Each looks at up to all that stands in the clusters: more at once would starve who writes. */
const MOST_AT_ONCE = 8;
const underway = new WeakMap<object, number>();
/** What a request has deleted so far, of several objects (a deletecollection): they share one budget. */
const spent = new WeakMap<Request, number>();

interface Text {
  object: KubeObject;
  value: string;
  refs?: string[] | undefined;
}

export interface Weighed {
  /** As it is stored. */
  kind: Kind;
  key: Key;
  /** Absent: it is made. */
  before?: Text | undefined;
  /** Absent: it goes. */
  after?: Text | undefined;
  dryRun: boolean;
}

/** Told, and held against the budget. @throws ApiError 422, 429 */
export async function weigh(x: Exchange, { kind, key, before, after, dryRun }: Weighed): Promise<void> {
  const { plan } = x.options;
  if (plan === undefined) return;
  const steering = steers(kind, before?.object, after?.object);
  if (!steering && !(dryRun && isPlannable(kind))) return;
  const planned = await bounded(plan, { key, before: before?.value, after: after?.value, refs: after?.refs });
  const already = spent.get(x.request) ?? 0;
  const refusal = steering ? overBudget(planned, already, before?.object, after?.object) : undefined;
  if (steering && refusal === undefined) spent.set(x.request, already + planned.deleted.length);
  if (dryRun && wantsPlan(x)) {
    x.plans.push(refusal === undefined ? planned : { ...planned, refused: refusal });
    return;
  }
  if (dryRun || refusal !== undefined) x.warnings.push(...told(planned));
  if (refusal === undefined) return;
  const field = `metadata.annotations[${CONFIRM_DELETIONS_ANNOTATION}]`;
  throw invalid(x.target.kind, x.target.name || key.name, [{ reason: "FieldValueRequired", field, message: refusal }]);
}

async function bounded(
  plan: NonNullable<Exchange["options"]["plan"]>,
  change: Parameters<typeof plan>[0],
): Promise<ChangePlan> {
  const others = underway.get(plan) ?? 0;
  if (others >= MOST_AT_ONCE) throw tooManyRequests("too many changes are being planned, please try again later");
  underway.set(plan, others + 1);
  try {
    return await plan(change);
  } finally {
    underway.set(plan, (underway.get(plan) ?? 1) - 1);
  }
}

function told(plan: ChangePlan): string[] {
  const lines = planLines(plan);
  return lines.length <= LINES
    ? lines
    : [...lines.slice(0, LINES), `and ${lines.length - LINES} more: ${planSummary(plan)}`];
}

/** Undefined: it is within the budget, or was meant. */
function overBudget(
  plan: ChangePlan,
  already: number,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): string | undefined {
  const { bindings, cut, deleted } = plan;
  const limit = Math.max(BUDGET_LEAST, Math.floor(bindings * BUDGET_SHARE));
  // Templates are looked at in an order that has nothing to do with them: the rest is like the part.
  const count = cut === undefined ? deleted.length : Math.ceil((deleted.length * cut.of) / Math.max(1, cut.looked));
  if (count === 0 || count + already <= limit || isConfirmed(plan, before, after)) return undefined;
  const gone = isGone(after);
  const value = gone ? `delete ${count}` : String(count);
  const stale = !gone && before?.metadata.annotations?.[CONFIRM_DELETIONS_ANNOTATION] === value;
  const when = gone ? "and delete again" : "in the same request";
  const how = `set this annotation to ${JSON.stringify(value)} ${when}${stale ? " (first remove the one of an earlier change)" : ""}`;
  const many = cut === undefined ? String(count) : `about ${count}`;
  return `Required value: this would delete ${many} of ${bindings} objects in clusters, more than ${limit} at once${already > 0 ? ` with the ${already} before` : ""} (${worst(plan)}); to go ahead, ${how}`;
}

/** "deployments.apps 30, services 12; most of them in tokyo" */
function worst({ deleted }: ChangePlan): string {
  const count = (of: (one: (typeof deleted)[number]) => string): [string, number][] =>
    [...Map.groupBy(deleted, of)]
      .map(([name, all]): [string, number] => [name, all.length])
      .sort((a, b) => b[1] - a[1]);
  const kinds = count(({ resource }) => resource).map(([name, many]) => `${name} ${many}`);
  const shown = kinds.length > 4 ? [...kinds.slice(0, 4), "others"] : kinds;
  return `${shown.join(", ")}; most of them in ${count(({ cluster }) => cluster)[0]?.[0]}`;
}

const isGone = (after: KubeObject | undefined): boolean =>
  after === undefined || after.metadata.deletionTimestamp !== undefined;

/** Of a deletion the word stands on the object already, in a form that no other change takes for its own. */
function isConfirmed(
  { cut, deleted }: ChangePlan,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): boolean {
  const earlier = before?.metadata.annotations?.[CONFIRM_DELETIONS_ANNOTATION];
  const said = isGone(after)
    ? earlier?.replace(/^delete /, "")
    : after?.metadata.annotations?.[CONFIRM_DELETIONS_ANNOTATION];
  if (said === undefined || said === earlier) return false;
  // What was not counted to the end comes out differently each time.
  return cut === undefined ? said === String(deleted.length) : /^\d+$/.test(said) && Number(said) >= deleted.length;
}

/** Asks for what would happen instead of for the object: of a dry run. */
function wantsPlan({ request }: Exchange): boolean {
  return request.headers.get("accept")?.includes(PLAN_MEDIA_TYPE) === true;
}

/** The answer to who asks for the plan of a dry run, of one object or several; undefined: somebody else. */
export function planAnswer(x: Exchange): Response | undefined {
  if (!wantsPlan(x) || !(x.plans.length > 0 || x.query.has("dryRun"))) return undefined;
  const [first, ...more] = x.plans;
  const none: ChangePlan = { created: [], changed: [], moved: [], deleted: [], kept: [], bindings: 0 };
  const plan = more.reduce(
    (sum, one) => ({
      ...sum,
      created: [...sum.created, ...one.created],
      changed: [...sum.changed, ...one.changed],
      moved: [...sum.moved, ...one.moved],
      deleted: [...sum.deleted, ...one.deleted],
      kept: [...sum.kept, ...one.kept],
    }),
    first ?? none,
  );
  return send(x, 200, JSON.stringify({ kind: "Plan", apiVersion: "hanse.dev/v1alpha1", ...plan }));
}
