// What needs no kind: /version, health, and the list of paths at "/". Health and version are the only anonymous answers.
import type { ApiOptions } from "./options.ts";

export const ANONYMOUS = /^\/(healthz|livez|readyz|version)(\/|$)/;

const TEXT = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-cache, private",
  "x-content-type-options": "nosniff",
};

function text(code: number, body: string): Response {
  return new Response(body, { status: code, headers: TEXT });
}

function json(value: unknown): Response {
  const headers = { "content-type": "application/json", "cache-control": "no-cache, private" };
  return new Response(`${JSON.stringify(value, null, 2)}\n`, { status: 200, headers });
}

/** ok / failed lines as apiserver's healthz handler writes them. */
function checked(
  endpoint: string,
  checks: readonly string[],
  failing: ReadonlySet<string>,
  verbose: boolean,
): Response {
  const lines = checks.map((name) => (failing.has(name) ? `[-]${name} failed: reason withheld` : `[+]${name} ok`));
  if (failing.size > 0) return text(500, `${lines.join("\n")}\n${endpoint} check failed\n`);
  return text(200, verbose ? `${lines.join("\n")}\n${endpoint} check passed\n` : "ok");
}

async function health(options: ApiOptions, path: string, query: URLSearchParams): Promise<Response | undefined> {
  const [, endpoint = "", check, ...more] = path.split("/");
  if (more.length > 0) return undefined;
  // Liveness does not ask the store: a database that is away must not get this process restarted.
  const failing = endpoint === "readyz" ? await (options.readyz?.() ?? Promise.resolve([])) : [];
  const excluded = query.getAll("exclude");
  const checks = [...new Set(["ping", ...failing])].filter((name) => !excluded.includes(name));
  if (check !== undefined && check !== "") {
    if (!checks.includes(check) && check !== "ping") return undefined;
    return failing.includes(check) ? text(500, `internal server error: ${check} failed`) : text(200, "ok");
  }
  return checked(endpoint, checks, new Set(failing.filter((name) => checks.includes(name))), query.has("verbose"));
}

function paths(options: ApiOptions): string[] {
  const groups = new Set(options.kinds.all.filter((k) => k.group !== "").map((k) => k.group));
  const versions = new Set(
    options.kinds.all.map((k) => (k.group === "" ? `/api/${k.version}` : `/apis/${k.group}/${k.version}`)),
  );
  const apis = ["/api", "/apis", ...[...groups].map((g) => `/apis/${g}`), ...versions].sort();
  return [
    ...apis,
    "/healthz",
    "/healthz/ping",
    "/livez",
    "/livez/ping",
    "/openapi/v2",
    "/openapi/v3",
    "/readyz",
    "/readyz/ping",
    "/version",
  ];
}

export async function plainPath(
  options: ApiOptions,
  path: string,
  query: URLSearchParams,
): Promise<Response | undefined> {
  if (path === "/version" || path === "/version/") return json(options.version);
  if (path === "/") return json({ paths: paths(options) });
  return ANONYMOUS.test(path) ? health(options, path, query) : undefined;
}
