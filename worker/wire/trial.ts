// An API on the memory store for tests: a fixed clock, counted uids, one admin. Not used outside tests.
import type { Hono } from "hono";
import type { Kind } from "../../kinds/kind.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { createApi } from "./api.ts";
import type { ApiOptions } from "./options.ts";

export interface Answer {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of any kind
  body: any;
  text: string;
}

export interface Trial {
  app: Hono;
  store: Store;
  request(path: string, init?: RequestInit): Promise<Response>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  clock: { now: number };
}

const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.26",
  compiler: "gc",
  platform: "linux/amd64",
};

export async function openTrial(builtIn: readonly Kind[], options: Partial<ApiOptions> = {}): Promise<Trial> {
  const store = openMemory({ random: seeded(1) });
  const clock = { now: Date.UTC(2026, 0, 1) };
  const random = seeded(2);
  let uids = 0;
  const app = createApi({
    kinds: { all: builtIn },
    reader: store,
    commit: (commit) => store.commit(commit),
    clock: () => clock.now,
    uid: () => `00000000-0000-4000-8000-${String(++uids).padStart(12, "0")}`,
    random,
    documents: { handle: async () => undefined },
    authenticate: async (request) =>
      request.headers.get("authorization") === "Bearer good"
        ? { name: "admin", groups: ["system:masters"] }
        : undefined,
    version: VERSION,
    ...options,
  });
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", "Bearer good");
    return app.request(path, { ...init, headers });
  };
  const call: Trial["call"] = async (method, path, body, headers = {}) => {
    const sent =
      body === undefined
        ? undefined
        : typeof body === "string" || body instanceof Uint8Array
          ? body
          : JSON.stringify(body);
    const type: Record<string, string> = sent === undefined ? {} : { "content-type": "application/json" };
    const response = await request(path, {
      method,
      body: sent as BodyInit | undefined,
      headers: { ...type, ...headers },
    });
    const text = await response.text();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    return { status: response.status, headers: response.headers, body: parsed, text };
  };
  if (builtIn.some((k) => k.resource === "namespaces")) {
    await call("POST", "/api/v1/namespaces", { metadata: { name: "default" } });
  }
  return { app, store, request, call, clock };
}

/** A small deterministic generator (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
