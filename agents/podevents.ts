// The member's warnings about what was placed and what that made: FailedScheduling, BackOff, FailedMount. Each object may say ten a minute; others' are
// dropped. Nothing is kept: a warning that comes twice is one at the federation, by its name and its count.
import type { KubeObject, Loose } from "../kinds/object.ts";
import type { Observations } from "./observed.ts";
import type { Parts } from "./parts.ts";
import { follow } from "./podfollow.ts";
import type { Owners } from "./podowner.ts";

const EVENTS = { apiVersion: "v1", kind: "Event", resource: "events" };
const WARNINGS = { fieldSelector: "type=Warning,involvedObject.namespace!=kube-system" };
const PER_MINUTE = 10;
const MINUTE_MS = 60_000;
const MAX_MESSAGE = 1_000;

export async function followWarnings(parts: Parts, observations: Observations, owners: Owners): Promise<void> {
  let minute = { at: 0, said: new Map<string, number>() };

  function isTooMany(uid: string): boolean {
    const at = Math.floor(parts.clock() / MINUTE_MS);
    if (minute.at !== at) minute = { at, said: new Map() };
    const said = (minute.said.get(uid) ?? 0) + 1;
    minute.said.set(uid, said);
    return said > PER_MINUTE;
  }

  async function saw(event: KubeObject, deleted: boolean): Promise<void> {
    const about: Loose = event["involvedObject"];
    if (deleted || typeof about?.uid !== "string" || typeof about.name !== "string") return;
    const binding = observations.bindingOf(about.uid) ?? (await bindingOf(about));
    if (binding === undefined || isTooMany(about.uid)) return;
    const last: string = event["lastTimestamp"] ?? event["eventTime"] ?? event.metadata.creationTimestamp ?? "";
    observations.warn({
      uid: binding,
      involved: {
        apiVersion: about.apiVersion,
        kind: about.kind ?? "",
        name: about.name,
        uid: about.uid,
        fieldPath: about.fieldPath,
      },
      reason: String(event["reason"] ?? "").slice(0, 128),
      message: String(event["message"] ?? "").slice(0, MAX_MESSAGE),
      count: event["series"]?.count ?? event["count"] ?? 1,
      first: event["firstTimestamp"] ?? event["eventTime"] ?? last,
      last: event["series"]?.lastObservedTime ?? last,
      component: event["source"]?.component || event["reportingComponent"] || "",
    });
  }

  async function bindingOf(about: Loose): Promise<string | undefined> {
    const owner = await owners.itself(about, about.namespace ?? "");
    return typeof owner === "string" ? undefined : owner.uid;
  }

  await follow(parts, { served: EVENTS, query: WARNINGS, saw, listed: () => {} }, () => observations.again());
}
