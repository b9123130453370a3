// What goes wrong in a cluster, as an Event beside the template: written in the commit of whoever reads the report.
import type { ReportFailure, TemplateRef } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import { eventNamespace, failureEvent, failureEventName } from "../../core/aggregate/event.ts";
import type { Op } from "../store/store.ts";
import type { Context } from "./context.ts";
import { readObject, writeObject } from "./rows.ts";

const EVENTS = "events";

export async function eventOps(
  template: TemplateRef,
  cluster: string,
  failure: ReportFailure,
  context: Context,
): Promise<Op[]> {
  const kind = context.kinds.find((candidate) => kindKey(candidate) === EVENTS);
  if (kind === undefined) return [];
  const row = await context.store.get({
    resource: EVENTS,
    namespace: eventNamespace(template),
    name: failureEventName(template, cluster, failure),
  });
  const before = row === undefined ? undefined : readObject(row);
  const event = failureEvent(template, cluster, failure, before?.value, context.uid);
  return event === undefined ? [] : [writeObject(EVENTS, event, before)];
}
