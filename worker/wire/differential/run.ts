// Sends one script of requests to a real kube-apiserver and to ours, and compares what comes back: HTTP status, media type, warnings and the body, after
// masking what must differ (uids, times, versions, tokens, allocated addresses).
import type { Hono } from "hono";

export interface Sent {
  method: string;
  path: string;
  /** Objects are sent as JSON; functions see the earlier answers of their own side. */
  body?: unknown;
  headers?: Record<string, string>;
  token?: string | null;
}

export interface Received {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of any kind
  body: any;
}

/** Earlier answers of one side by step name. */
export type Past = Record<string, Received>;

export interface Step {
  name: string;
  send: Sent | ((past: Past) => Sent);
  /** Not compared: only prepares what follows. */
  setup?: boolean;
  /** More to compare, computed from a side's own answers: whether a version moved, for one. */
  facts?: (now: Received, past: Past) => unknown;
}

export type Send = (sent: Sent) => Promise<Received>;

export function toOurs(app: Hono): Send {
  return async (sent) => {
    const headers: Record<string, string> = {
      accept: "application/json",
      "user-agent": "differential",
      ...sent.headers,
    };
    if (sent.token !== null) headers["authorization"] = `Bearer ${sent.token ?? "good"}`;
    const payload = payloadOf(sent, headers);
    if (payload !== undefined) headers["content-length"] = String(payload.length);
    const request = new Request(`http://ours${sent.path}`, {
      method: sent.method,
      headers,
      body: payload as BodyInit | undefined,
    });
    const response = await app.fetch(request);
    const received: Received["headers"] = {};
    response.headers.forEach((value, key) => (received[key] = value));
    return { status: response.status, headers: received, body: parsed(await response.text()) };
  };
}

export function payloadOf(sent: Sent, headers: Record<string, string>): Uint8Array | undefined {
  if (sent.body === undefined) return undefined;
  if (!("content-type" in headers)) headers["content-type"] = "application/json";
  if (headers["content-type"] === "") delete headers["content-type"];
  if (sent.body instanceof Uint8Array) return sent.body;
  return new TextEncoder().encode(typeof sent.body === "string" ? sent.body : JSON.stringify(sent.body));
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (!text.includes("\n{")) return text;
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

export function masked(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => masked(item, key));
    // Causes come in the order of Go maps here and there; managers of the same second, or without a time, in no order at all.
    return key === "causes" || key === "managedFields"
      ? items.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      : items;
  }
  if (value !== null && typeof value === "object") {
    // Column descriptions are prose of our own.
    const entries = Object.entries(value).filter(
      ([k, v]) => v !== undefined && v !== null && !(k === "description" && "priority" in value),
    );
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k.replace(UUID, "UID"), masked(v, k)]),
    );
  }
  if ((key === "nodePort" || key === "healthCheckNodePort") && (value as number) >= 30000) return "PORT";
  if (typeof value !== "string") return value;
  if (key === "resourceVersion") return value === "" ? "" : "RV";
  if (key === "continue") return "TOKEN";
  if (key === "clusterIP" || key === "clusterIPs") return value === "" || value === "None" ? value : "IP";
  if (key === "cells" && /^\d+\.\d+\.\d+\.\d+$/.test(value)) return "IP";
  if (key === "cells" && /^(\d+:3\d{4}\/[A-Z]+,?)+$/.test(value)) return value.replace(/:3\d{4}/g, ":PORT");
  if (key === "cells" && /^\d+(s|m|h|d)$/.test(value)) return "AGE";
  if (value.includes("errors:\n"))
    return value
      .split("\n")
      .map((line) => masked(line))
      .sort()
      .join("\n");
  return (
    value
      .replace(/Invalid value: "\{\\"(apiVersion|kind|metadata)\\":.*\}":/, 'Invalid value: "OBJECT":')
      // A whole strategic patch, as it looks after upstream has half consumed it.
      .replace(/(^|patch: )Invalid value: "map\[[^]*\]": /, '$1Invalid value: "PATCH": ')
      .replace(/(BAD_|gen-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "$1RANDOM")
      .replace(UUID, "UID")
      .replace(TIME, "TIME")
      .replace(/(Duplicate value: )3\d{4}\b/, "$1PORT")
      .replace(/(resource version: )\d+/gi, "$1RV")
      .replace(/(ResourceVersion in (precondition|object meta): )\d+/g, "$1RV")
      .replace(/(current: )\d+/g, "$1RV")
      .replace(/\(\d+\)( does not match the ResourceVersion in record )\(\d+\)/, "(RV)$1(RV)")
      .replace(/StorageError: invalid object, Code: 4, Key: \S+, ResourceVersion: 0, AdditionalErrorMsg: /, "")
  );
}

export interface Difference {
  step: string;
  what: "status" | "type" | "warnings" | "headers" | "body" | "facts";
  real: unknown;
  ours: unknown;
}

const type = (r: Received): string => String(r.headers["content-type"] ?? "").split(";", 1)[0] as string;
/** In any order: unknown fields are told in the order of a document that a patch has taken apart. */
const warnings = (r: Received): string[] =>
  String(r.headers["warning"] ?? "")
    .split(/,\s*(?=299 -)/)
    .sort();

/** Headers that clients read, or caches on the way. */
const headers = (r: Received): unknown => ({
  cache: r.headers["cache-control"],
  retry: r.headers["retry-after"],
  allow: r.headers["allow"],
  location: r.headers["location"],
  audited: r.headers["audit-id"] !== undefined,
});

export function differ(step: string, real: Received, ours: Received): Difference[] {
  const pairs: [Difference["what"], unknown, unknown][] = [
    ["status", real.status, ours.status],
    ["type", type(real), type(ours)],
    ["warnings", warnings(real), warnings(ours)],
    ["headers", headers(real), headers(ours)],
    ["body", masked(real.body), masked(ours.body)],
  ];
  return pairs
    .filter(([, a, b]) => JSON.stringify(a) !== JSON.stringify(b))
    .map(([what, a, b]) => ({ step, what, real: a, ours: b }));
}

export async function compare(steps: readonly Step[], real: Send, ours: Send): Promise<Difference[]> {
  const differences: Difference[] = [];
  const pasts: [Past, Past] = [{}, {}];
  for (const step of steps) {
    const [a, b] = (await Promise.all(
      [real, ours].map((send, side) =>
        send(typeof step.send === "function" ? step.send(pasts[side] as Past) : step.send).catch((error: unknown) => {
          throw new Error(`${step.name} on ${side === 0 ? "the real one" : "ours"}: ${String(error)}`, {
            cause: error,
          });
        }),
      ),
    )) as [Received, Received];
    pasts[0][step.name] = a;
    pasts[1][step.name] = b;
    if (step.setup) {
      if (a.status >= 400 || b.status >= 400)
        throw new Error(`${step.name}: ${JSON.stringify(a.body)} / ${JSON.stringify(b.body)}`);
      continue;
    }
    const add = (what: Difference["what"], x: unknown, y: unknown): void => {
      if (JSON.stringify(x) !== JSON.stringify(y)) differences.push({ step: step.name, what, real: x, ours: y });
    };
    differences.push(...differ(step.name, a, b));
    if (step.facts) add("facts", step.facts(a, pasts[0]), step.facts(b, pasts[1]));
  }
  return differences;
}

/** The stream of a watch on our side; break off reading to end it. */
export function watchOurs(app: Hono): (path: string, headers?: Sent["headers"]) => AsyncIterable<Uint8Array> {
  return async function* (path, headers) {
    const response = await app.fetch(
      new Request(`http://ours${path}`, { headers: { authorization: "Bearer good", ...headers } }),
    );
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel();
    }
  };
}
