// Warnings of a member become Events at the root, beside the object that stands there for the one they are about: the pod, or what was placed (also of
// the ReplicaSets and Jobs between them). Of bindings that are gone, and with times that are none, nothing is written.
import { type About, memberEvent, memberEventName } from "../../core/aggregate/memberevent.ts";
import { rootNames } from "../../core/aggregate/observed.ts";
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { observedOf } from "../../kinds/observed.ts";
import { PODS } from "../../kinds/pod.ts";
import type { MemberEvent } from "../../kinds/protocol.ts";
import type { Key, Op, Store } from "../store/store.ts";
import { storedText } from "./splice.ts";

const EVENTS = "events";

export async function reportEvents(
  store: Store,
  cluster: string,
  events: readonly MemberEvent[],
  uid: () => string,
): Promise<void> {
  const bindings = await store.getMany(
    [...new Set(events.map((event) => event.uid))].map((name) => ({ resource: BINDINGS, namespace: cluster, name })),
  );
  const templates = new Map(bindings.map((row) => [row.name, (JSON.parse(row.value) as Binding).template]));
  const told = events.flatMap((event) => {
    const template = templates.get(event.uid);
    const timely = ![event.first, event.last].some((time) => Number.isNaN(Date.parse(time)));
    return template !== undefined && timely ? [{ event, template }] : [];
  });
  const podKeys = ({ event, template }: (typeof told)[number]): Key[] =>
    event.involved.kind === "Pod"
      ? rootNames(event.involved.name, cluster, event.involved.uid).map((name) => ({
          resource: PODS,
          namespace: template.namespace,
          name,
        }))
      : [];
  const pods = (await store.getMany(told.flatMap(podKeys))).map((row) => JSON.parse(row.value) as KubeObject);
  const written = new Map<string, { about: About; event: MemberEvent; key: Key }>();
  for (const { event, template } of told) {
    const pod = pods.find((one) => one.metadata.uid === event.involved.uid && observedOf(one)?.cluster === cluster);
    const about =
      pod === undefined
        ? template
        : {
            apiVersion: pod.apiVersion,
            kind: pod.kind,
            namespace: template.namespace,
            name: pod.metadata.name,
            uid: event.involved.uid,
          };
    const name = memberEventName(cluster, about, event);
    // The last of two that are the same counts.
    written.set(name, { about, event, key: { resource: EVENTS, namespace: about.namespace || "default", name } });
  }
  const before = new Map(
    (await store.getMany([...written.values()].map(({ key }) => key))).map((row) => [row.name, row]),
  );
  const ops = [...written].flatMap(([name, { about, event, key }]): Op[] => {
    const row = before.get(name);
    const old = row === undefined ? undefined : (JSON.parse(row.value) as KubeObject);
    const next = memberEvent(cluster, about, event, old, uid);
    return next === undefined ? [] : [{ op: "put", key, value: storedText(next) }];
  });
  if (ops.length > 0) await store.commit({ ops });
}
