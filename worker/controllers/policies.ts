// A policy's change to everything it may concern: templates that it selects now or selected before, followers that it changes. What its selectors
// say without being looked up (kind, name, namespace) is asked of the decisions' own references, so no template is read; a template woken for
// nothing commits nothing. Pages, so that ten thousand templates hold nobody up. Decides nothing itself.
import { templateName, type TemplateRef } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { PLACEMENT_ANNOTATION, type ObjectSelector } from "../../kinds/placement.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";
import type { Event } from "../store/store.ts";
import type { Context, Controller, Outcome } from "./context.ts";
import { parsed } from "./parsed.ts";
import { isPolicy, PLACING } from "./policyworld.ts";
import { readDecision } from "./rows.ts";
import { eachRow } from "./scan.ts";

type Selector = Pick<ObjectSelector, "apiVersion" | "kind" | "name" | "namespaces">;

/** The key, as JSON: what may be concerned. */
interface Reach {
  /** Who follows or awaits a Placement of this name. */
  placement?: string;
  /** Any of these; without labels. */
  selectors: Selector[];
  /** Overrides change followers too. */
  followers?: true;
}

export const policiesController: Controller = {
  name: "policies",
  concurrency: 1,
  wakes,
  // The schedule and follow controllers look at everything then.
  async *resync() {},
  reconcile: (key, context) => wakeReached(JSON.parse(key) as Reach, context),
};

function* wakes(event: Event): Iterable<string> {
  if (event.resource === NAMESPACES) {
    const asked = (value: string | undefined): string | undefined =>
      value === undefined ? undefined : parsed<KubeObject>(value).metadata.annotations?.[PLACEMENT_ANNOTATION];
    const before = asked(event.previous);
    if ((event.type === "DELETED" ? undefined : asked(event.value)) !== before || event.type === "ADDED")
      if (before !== undefined || asked(event.value) !== undefined)
        yield JSON.stringify({ selectors: [{ namespaces: [event.name] }] } satisfies Reach);
    return;
  }
  if (!isPolicy(event.resource)) return;
  const before = event.previous === undefined ? undefined : parsed<KubeObject>(event.previous);
  const after = parsed<KubeObject>(event.value);
  const deleting = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
  if (
    event.type === "MODIFIED" &&
    before !== undefined &&
    before.metadata.uid === after.metadata.uid &&
    deleting(before) === deleting(after) &&
    equalJson(before["spec"], after["spec"])
  )
    return;
  for (const object of before === undefined ? [after] : [after, before]) yield JSON.stringify(reachOf(event, object));
}

function reachOf({ resource, namespace, name }: Event, object: KubeObject): Reach {
  const selectors = ((object["spec"]?.selectors ?? [{}]) as ObjectSelector[]).map(
    ({ apiVersion, kind, name: called, namespaces }): Selector => ({
      ...(apiVersion === undefined ? {} : { apiVersion }),
      ...(kind === undefined ? {} : { kind }),
      ...(called === undefined ? {} : { name: called }),
      ...(namespace !== "" ? { namespaces: [namespace] } : namespaces === undefined ? {} : { namespaces }),
    }),
  );
  const placing = (PLACING as readonly string[]).includes(resource);
  return placing ? { placement: name, selectors } : { selectors, followers: true };
}

async function wakeReached(reach: Reach, { store, kinds }: Context): Promise<Outcome> {
  const wake: NonNullable<Outcome["wake"]> = [];
  for await (const row of eachRow(store, DECISIONS)) {
    const decision = readDecision(row).value;
    if (follows(decision, reach) || reach.selectors.some((selector) => mayMean(selector, decision.template)))
      wake.push({ controller: "schedule", key: templateName(decision.template) });
  }
  if (reach.followers !== true) return { wake };
  for (const kind of kinds) {
    if (kind.federation.rule !== "follower") continue;
    const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
    const resource = kindKey(kind);
    const meant = reach.selectors.filter((one) => mayBe(one.apiVersion, apiVersion) && mayBe(one.kind, kind.kind));
    if (meant.length === 0) continue;
    for await (const { namespace, name } of eachRow(store, resource)) {
      const template = { apiVersion, kind: kind.kind, namespace, name };
      if (meant.some((selector) => mayMean(selector, template)))
        wake.push({ controller: "follow", key: templateName({ resource, namespace, name }) });
    }
  }
  return { wake };
}

/** Also what it froze, or was asked for by name. */
function follows({ placement, frozen }: Decision, reach: Reach): boolean {
  return (
    reach.placement !== undefined && (placement?.name === reach.placement || frozen?.reason === "PlacementAwaited")
  );
}

function mayMean(
  { apiVersion, kind, name, namespaces }: Selector,
  template: Pick<TemplateRef, "apiVersion" | "kind" | "namespace" | "name">,
): boolean {
  return (
    mayBe(apiVersion, template.apiVersion) &&
    mayBe(kind, template.kind) &&
    mayBe(name, template.name) &&
    (namespaces === undefined || namespaces.includes(template.namespace))
  );
}

const mayBe = (asked: string | undefined, is: string): boolean => asked === undefined || asked === is;
