// openapi.yaml says neither too little nor too much: it is what the code says, valid, closed, and agrees with the application route by route.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isAlias, parse, parseDocument, visit } from "yaml";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { agentRoutes } from "../../worker/wire/agentroutes.ts";
import { openapiText } from "./openapi.ts";
import { openApp } from "./openapiapp.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- the document is looked into as it is
type Doc = any;

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const text = readFileSync(resolve(import.meta.dirname, "../../openapi.yaml"), "utf8");
const document: Doc = parse(text);

interface Operation {
  method: string;
  path: string;
  doc: Doc;
  /** Of the operation and its path, references followed. */
  parameters: Doc[];
}

function follow(node: Doc): Doc {
  if (typeof node?.$ref !== "string") return node;
  const parts = node.$ref.slice(2).split("/") as string[];
  return parts.reduce((at: Doc, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], document);
}

const operations: Operation[] = Object.entries<Doc>(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method.toLowerCase()]).map((method) => {
    const doc = item[method.toLowerCase()];
    return { method, path, doc, parameters: [...(item.parameters ?? []), ...(doc.parameters ?? [])].map(follow) };
  }),
);

describe("openapi.yaml", () => {
  it("is what the code says", () => {
    expect(text).toBe(openapiText());
  });

  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(text)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    const broken = { ...document, paths: { ...document.paths, "/broken": { get: { responses: { 200: {} } } } } };
    expect(await validator.validate(broken)).toMatchObject({ valid: false });
  });

  it("has no anchors, and refers to nothing that is missing; nothing stands there unused", () => {
    const used = new Set<string>();
    visit(parseDocument(text), {
      Node: (_key, node) => {
        if (isAlias(node) || node.anchor) throw new Error(`anchor at ${node.range?.[0]}`);
      },
      Pair: (_key, { key, value }: Doc) => {
        if (String(key) === "$ref") used.add(String(value));
      },
    });
    expect([...used].filter(($ref) => !$ref.startsWith("#/") || follow({ $ref }) === undefined)).toEqual([]);
    const parts = Object.entries<Doc>(document.components).filter(([part]) => part !== "securitySchemes");
    const names = parts.flatMap(([part, all]) => Object.keys(all).map((name) => `#/components/${part}/${name}`));
    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });

  it("names each operation once, in Kubernetes' style", () => {
    const ids = operations.map(({ doc }) => doc.operationId as string);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^(create|delete|get|list|patch|read|replace|watch)[A-Z]\w*$/.test(id))).toEqual([]);
    for (const id of [
      "listAppsV1NamespacedDeployment",
      "createHanseDevV1alpha1Cluster",
      "patchAppsV1NamespacedDeploymentScale",
    ])
      expect(ids).toContain(id);
  });

  it("gives every parameter of a path, once", () => {
    for (const { path, parameters } of operations) {
      const inPath = parameters.filter((one) => one.in === "path").map((one) => one.name);
      expect([path, inPath.sort()]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()]);
      const names = parameters.map((one) => `${one.in} ${one.name}`);
      expect([path, new Set(names).size]).toEqual([path, names.length]);
    }
  });
});

describe("the application beside openapi.yaml", () => {
  let app: Awaited<ReturnType<typeof openApp>>;
  let agent: Record<string, string>;
  beforeAll(async () => {
    app = await openApp(() => text);
    agent = await app.agentHeaders("paris");
  });
  // Some of what follows deletes all clusters.
  beforeEach(async () => {
    const { status } = await send("POST", "/apis/hanse.dev/v1alpha1/clusters", { metadata: { name: "paris" } });
    expect([201, 409]).toContain(status);
  });

  async function send(method: string, path: string, body?: object, headers: Record<string, string> = app.headers) {
    const sent = body && { body: JSON.stringify(body), headers: { ...headers, "content-type": "application/json" } };
    const answer = await app.fetch(`https://fed${path}`, { method, headers, ...sent });
    const type = (answer.headers.get("content-type") ?? "").split(/; ?charset/)[0]!;
    // A watch does not end by itself.
    if (path.includes("/watch/")) await answer.body?.cancel();
    return { status: answer.status, type, text: path.includes("/watch/") ? "" : await answer.text() };
  }

  /** Whether a route stands behind it at all: a missing object is something else than a missing route. */
  function served({ status, text: body }: { status: number; text: string }): boolean {
    return (
      status !== 405 &&
      !(status === 404 && /page not found|could not find the requested resource|is not served here/.test(body))
    );
  }

  function filled(path: string): string {
    const core = path.includes("/api/v1/");
    // Where the kind is a parameter: one that the place can have.
    const whole = path.includes("{namespace}") || !path.includes("{name}");
    const values: Record<string, string> = {
      cluster: "paris",
      namespace: "default",
      name: "web",
      check: "ping",
      group: whole ? "apps" : "hanse.dev",
      version: whole ? "v1" : "v1alpha1",
      plural: whole ? (core ? "services" : "deployments") : core ? "namespaces" : "clusters",
    };
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!);
  }

  it.each(operations.map((one) => [one.method, one.path, one] as const))(
    "answers %s %s as described",
    async (method, path, { doc }) => {
      const answer = await send(method, filled(path));
      const agents = doc.security?.length === 1 && doc.security[0].AgentToken;
      expect(agents ? answer.status === 401 : served(answer)).toBe(true);
      const described = follow(doc.responses[answer.status]);
      expect(described, `status ${answer.status}: ${answer.text}`).toBeDefined();
      if (described.content) expect(Object.keys(described.content)).toContain(answer.type);
      const anonymous = await send(method, filled(path), undefined, {});
      expect([path, anonymous.status === 401]).toEqual([path, doc.security?.length !== 0]);
    },
  );

  const QUERIES = [
    "labelSelector=a+b",
    "fieldSelector=spec.nothing=1",
    "resourceVersion=x",
    "resourceVersionMatch=x&resourceVersion=1",
    "continue=x",
  ]
    .concat([
      "limit=x",
      "timeout=x",
      "watch=true&resourceVersionMatch=x",
      "dryRun=x",
      "fieldValidation=x",
      "propagationPolicy=x",
    ])
    .concat(["force=true", "wait=x", "after=x", "exclude=ping", "verbose", "hash=x"]);
  const BODIES = [
    ["application/json", "{"],
    ["application/json", '{"metadata":{"name":"Web"},"spec":1}'],
    ["application/json", '{"metadata":{"name":"Web"},"apiVersion":"v1","kind":"Service"}'],
    ["application/yaml", ":"],
    ["application/vnd.kubernetes.protobuf", "x"],
    ["application/merge-patch+json", '{"spec":"x","metadata":{"resourceVersion":"9"}}'],
    ["application/json-patch+json", '[{"op":"test","path":"/a","value":1}]'],
    ["application/strategic-merge-patch+json", "[]"],
    ["application/apply-patch+yaml", "a: 1"],
    ["text/plain", "x"],
    ["application/json", `{"padding":"${"x".repeat(3_200_000)}"}`],
  ] as const;

  it.each(operations.map((one) => [one.method, one.path, one] as const))(
    "describes all errors that %s %s gives to bad input",
    async (method, path, { doc }) => {
      const agents = doc.security?.length === 1 && doc.security[0].AgentToken;
      const headers: Record<string, string> = agents ? agent : app.headers;
      const url = filled(path);
      const wrong: string[] = [];
      const judge = ({ status, text: said }: { status: number; text: string }, what: string) => {
        if (doc.responses[status] === undefined) wrong.push(`${status} to ${what.slice(0, 60)}: ${said.slice(0, 200)}`);
      };
      judge(await send(method, url, undefined, { ...headers, accept: "text/html" }), "Accept: text/html");
      for (const query of QUERIES) {
        const answer = await app.fetch(`https://fed${url}?${query}`, { method, headers });
        // Of an answer that does not end, the status is all there is to see.
        const said = answer.status < 300 ? "" : await answer.text();
        if (answer.status < 300) await answer.body?.cancel();
        judge({ status: answer.status, text: said }, query);
      }
      if (method !== "GET") {
        for (const [type, body] of BODIES) {
          const answer = await app.fetch(`https://fed${url}`, {
            method,
            headers: { ...headers, "content-type": type },
            body,
          });
          judge({ status: answer.status, text: await answer.text() }, `${type} ${body}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  /** As documented paths spell it. */
  const documented = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  const SUBRESOURCES = [
    "status",
    "scale",
    "finalize",
    "jointoken",
    "approval",
    "binding",
    "eviction",
    "exec",
    "log",
    "token",
  ];

  it.each(ROOT_KINDS.map((kind) => [kind.resource, kind] as const))(
    "answers nothing of %s that is not described",
    async (resource, kind) => {
      const base = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
      const around = kind.namespaced ? "/namespaces/{namespace}" : "";
      const item = `${base}${around}/${resource}/{name}`;
      const paths = [
        `${base}/${resource}`,
        `${base}${around}/${resource}`,
        item,
        ...SUBRESOURCES.map((sub) => `${item}/${sub}`),
      ];
      const found: string[] = [];
      let routes = 0;
      for (const path of new Set(paths)) {
        for (const method of METHODS) {
          if (!served(await send(method, filled(path)))) continue;
          routes += 1;
          if (!documented.has(`${method} ${path}`)) found.push(`${method} ${path}`);
        }
      }
      expect(found).toEqual([]);
      // A question is only posted.
      expect(routes).toBeGreaterThan(kind.asked ? 0 : 1);
    },
  );

  it("lists no path that is not described", async () => {
    const { paths } = JSON.parse((await send("GET", "/")).text) as { paths: string[] };
    const templates = [...documented]
      .filter((one) => one.startsWith("GET "))
      .map((one) => new RegExp(`^${one.slice(4).replaceAll(/\{\w+\}/g, "[^/]+")}$`));
    expect(paths.filter((path) => !templates.some((template) => template.test(path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(10);
  });

  it("has no route for agents that is not described", () => {
    const { routes } = agentRoutes({} as Parameters<typeof agentRoutes>[0]);
    const named = routes.map(({ method, path }) => `${method} ${path.replace(":name", "{cluster}")}`);
    expect(named.filter((route) => !documented.has(route))).toEqual([]);
    expect(named.length).toBe(3);
  });

  it("serves it", async () => {
    const answer = await send("GET", "/openapi.yaml");
    expect([answer.status, answer.type, answer.text === text]).toEqual([200, "application/yaml", true]);
  });
});
