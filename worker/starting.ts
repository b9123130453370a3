// The app of a process that has no store yet, or no longer.
import type { App } from "./app.ts";

/** Answers while there is no store: alive, not ready. */
export const starting: App = {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/livez" || path === "/healthz")
      return new Response("ok", { headers: { "content-type": "text/plain; charset=utf-8" } });
    const message = "the federation is starting or stopping";
    const status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason: "ServiceUnavailable",
      details: { retryAfterSeconds: 1 },
      code: 503,
    };
    return Response.json(status, { status: 503, headers: { "retry-after": "1" } });
  },
};
