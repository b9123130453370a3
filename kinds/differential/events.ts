// Events of both versions, for the corpus in autoscaling.ts.
import type { Loose } from "../object.ts";

const TIME = "2026-01-02T03:04:05Z";
const MICRO = "2026-01-02T03:04:05.123456Z";
const LATER = "2026-01-02T04:04:05.123456Z";
const pod = {
  kind: "Pod",
  namespace: "default",
  name: "web-1",
  uid: "u",
  apiVersion: "v1",
  fieldPath: "spec.containers{c}",
};
const node = { kind: "Node", name: "n" };

const event = (body: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "one", ...metadata },
  involvedObject: pod,
  ...body,
});
const NEW = {
  eventTime: MICRO,
  reportingComponent: "example.com/robot",
  reportingInstance: "r-1",
  action: "Run",
  reason: "Ran",
};
const fresh = (body: Loose = {}, metadata: Loose = {}): Loose => event({ ...NEW, ...body }, metadata);

const event1 = (body: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "one", ...metadata },
  regarding: pod,
  eventTime: MICRO,
  reportingController: "example.com/robot",
  reportingInstance: "r-1",
  action: "Run",
  reason: "Ran",
  type: "Normal",
  ...body,
});
const series = { count: 2, lastObservedTime: LATER };

export const valid: [string, Loose][] = [
  ["Event, least", event()],
  ["Event, no object", event({ involvedObject: undefined })],
  ["Event, of a Node", event({ involvedObject: node })],
  [
    "Event, old fields",
    event({
      reason: "Pulled",
      message: "  pulled it \n",
      type: "Normal",
      count: 3,
      firstTimestamp: TIME,
      lastTimestamp: TIME,
      source: { component: "kubelet", host: "n" },
    }),
  ],
  ["Event, source without host", event({ source: { component: "kubelet" } })],
  ["Event, any type", event({ type: "Odd" })],
  ["Event, new fields", fresh()],
  ["Event, all new fields", fresh({ series, related: node, type: "Warning", message: "text" })],
  ["Event, both", fresh({ firstTimestamp: TIME, count: 0, source: { component: "a" } })],
  ["Event, series of one", fresh({ series: { count: 1 } })],
  ["Event, empty series", fresh({ series: {} })],
  ["Event, of a Node, new", fresh({ involvedObject: node })],
  ["Event, name with capitals", event({}, { name: "Web_1" })],
  ["Event, odd finalizer", event({}, { finalizers: ["odd"] })],
  ["Event, long message", event({ message: "x".repeat(2000), reason: "y".repeat(200) })],
  ["Event v1, least", event1()],
  ["Event v1, of nothing", event1({ regarding: undefined })],
  ["Event v1, of a Node", event1({ regarding: node })],
  ["Event v1, everything", event1({ note: "text", related: node, series, type: "Warning" })],
  [
    "Event v1, empty deprecated fields",
    event1({ deprecatedSource: {}, deprecatedCount: 0, deprecatedFirstTimestamp: null }),
  ],
  ["Event v1, labels", event1({}, { labels: { a: "b" }, annotations: { c: "d" } })],
];

export const invalid: [string, Loose][] = [
  ["Event, of another namespace", event({ involvedObject: { ...pod, namespace: "other" } })],
  ["Event, name", event({}, { name: "a/b" })],
  ["Event, label", event({}, { labels: { a: "b c" } })],
  [
    "Event, of another namespace and with a bad label",
    event({ involvedObject: { ...pod, namespace: "other" } }, { labels: { "-": "" } }),
  ],
  ["Event, no reporter", fresh({ reportingComponent: undefined })],
  ["Event, reporter", fresh({ reportingComponent: "a b" })],
  ["Event, no instance", fresh({ reportingInstance: "" })],
  ["Event, no action", fresh({ action: undefined })],
  ["Event, no reason", fresh({ reason: undefined })],
  ["Event, nothing but a time", event({ eventTime: MICRO })],
  ["Event, long instance", fresh({ reportingInstance: "x".repeat(129) })],
  ["Event, long action", fresh({ action: "x".repeat(129) })],
  ["Event, long reason", fresh({ reason: "é".repeat(65) })],
  ["Event, new and a long message", fresh({ message: "x".repeat(1025) })],
  ["Event v1, no time", event1({ eventTime: undefined })],
  ["Event v1, nothing", { apiVersion: "events.k8s.io/v1", kind: "Event", metadata: { name: "one" }, eventTime: null }],
  ["Event v1, of another namespace, no time", event1({ eventTime: null, regarding: { ...pod, namespace: "other" } })],
  ["Event v1, no type", event1({ type: undefined })],
  ["Event v1, type", event1({ type: "Odd" })],
  ["Event v1, no reporter", event1({ reportingController: "" })],
  ["Event v1, reporter", event1({ reportingController: "a b" })],
  ["Event v1, no instance", event1({ reportingInstance: "" })],
  ["Event v1, no action", event1({ action: "" })],
  ["Event v1, no reason", event1({ reason: "" })],
  ["Event v1, long note", event1({ note: "x".repeat(1025) })],
  ["Event v1, series of one", event1({ series: { ...series, count: 1 } })],
  ["Event v1, series without time", event1({ series: { count: 2, lastObservedTime: null } })],
  ["Event v1, deprecated source", event1({ deprecatedSource: { host: "n" } })],
  ["Event v1, deprecated count", event1({ deprecatedCount: 1 })],
  ["Event v1, deprecated times", event1({ deprecatedFirstTimestamp: TIME, deprecatedLastTimestamp: TIME })],
  ["Event v1, name", event1({}, { name: "A" })],
  ["Event v1, finalizer", event1({}, { finalizers: ["odd"] })],
  ["Event v1, all wrong", event1({ type: "", reason: "", series: {} }, { name: "A", labels: { a: "b c" } })],
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["Event, counts on", event({ count: 1, reason: "A" }), event({ count: 2, reason: "B", lastTimestamp: TIME })],
  ["Event, becomes new", event(), fresh()],
  ["Event, of another namespace", event(), event({ involvedObject: { ...pod, namespace: "other" } })],
  ["Event, bad label", event(), event({}, { labels: { a: "b c" } })],
  ["Event, odd finalizer", event(), event({}, { finalizers: ["odd"] })],
  ["Event, new reason", fresh(), fresh({ reason: "Other", series: { count: 1 } })],
  ["Event v1, a series", event1(), event1({ series })],
  ["Event v1, the series goes on", event1({ series }), event1({ series: { count: 3, lastObservedTime: LATER } })],
  ["Event v1, the series goes back", event1({ series }), event1({ series: { count: 1, lastObservedTime: LATER } })],
  ["Event v1, the series ends", event1({ series }), event1()],
  ["Event v1, reason", event1(), event1({ reason: "Other" })],
  ["Event v1, note", event1({ note: "a" }), event1({ note: "b" })],
  ["Event v1, type", event1(), event1({ type: "Warning" })],
  ["Event v1, type nobody knows", event1(), event1({ type: "Odd" })],
  ["Event v1, regarding", event1(), event1({ regarding: node })],
  ["Event v1, related comes", event1(), event1({ related: node })],
  ["Event v1, related goes", event1({ related: node }), event1()],
  ["Event v1, time", event1(), event1({ eventTime: LATER })],
  [
    "Event v1, deprecated fields",
    event1(),
    event1({ deprecatedCount: 1, deprecatedFirstTimestamp: TIME, deprecatedSource: { host: "n" } }),
  ],
  ["Event v1, reporter", event1(), event1({ reportingController: "other", reportingInstance: "r-2", action: "Go" })],
  ["Event v1, bad label and finalizer", event1(), event1({}, { labels: { a: "b c" }, finalizers: ["odd"] })],
  ["Event v1, reason and label", event1(), event1({ reason: "" }, { labels: { a: "b c" } })],
];
