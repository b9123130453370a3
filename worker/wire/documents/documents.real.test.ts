// Discovery and OpenAPI beside a real kube-apiserver, where upstream keeps no files of what it answers (aggregated /api, enums), and what
// `kubectl explain` of both versions makes of them: the same fields and types, without the prose.
import { execFile } from "node:child_process";
import type { Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MEMBER_KINDS } from "../../../kinds/all.ts";
import { type ControlPlane, startControlPlane } from "../../../test/real/controlplane.ts";
import { describeReal, realBinary } from "../../../test/real/describe.ts";
import { openTrial } from "../trial.ts";
import { createDocuments } from "./documents.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- documents are looked into as they are
type Doc = any;

const run = promisify(execFile);
const documents = createDocuments({ all: MEMBER_KINDS });
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Endpoints that lead to what runs in a cluster; documents.test.ts says why each is not served. */
const NOT_SERVED = new Set(["attach", "exec", "log", "portforward", "proxy", "token"]);

async function ours(path: string, accept = "application/json"): Promise<Doc> {
  return (await documents.handle(new Request(`https://fed${path}`, { headers: { accept } }), path))!.json();
}

/** Without prose, and where an allOf holds one reference, that. */
function plain(value: Doc): Doc {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries<Doc>(value).filter(
    ([key, inner]) => !(key === "description" && typeof inner === "string"),
  );
  const out = Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
  return Object.keys(out).length === 1 && out.allOf?.length === 1 ? out.allOf[0] : out;
}

describeReal("documents beside a kube-apiserver", () => {
  let plane: ControlPlane;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    plane = await startControlPlane({ name: "documents" });
    const trial = await openTrial(MEMBER_KINDS, {
      documents,
      authenticate: async () => ({ name: "admin", groups: ["system:masters"] }),
    });
    server = createAdaptorServer({ fetch: trial.app.fetch }) as Server;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 120_000);
  afterAll(async () => {
    server?.close();
    await plane?.stop();
  });

  function real(path: string, accept: string): Promise<Doc> {
    const headers = { authorization: `Bearer ${plane.token}`, accept };
    return new Promise((done, fail) => {
      const asked = request(plane.server + path, { headers, rejectUnauthorized: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => done(JSON.parse(Buffer.concat(parts).toString())));
      });
      asked.on("error", fail);
      asked.end();
    });
  }

  test("aggregated /api", async () => {
    const [our, their] = [await ours("/api", AGGREGATED), await real("/api", AGGREGATED)];
    const [version] = their.items[0].versions;
    version.resources = version.resources
      .filter(({ resource }: Doc) => resource !== "bindings")
      .map(({ subresources, ...resource }: Doc) => {
        const served = (subresources ?? []).filter(({ subresource }: Doc) => !NOT_SERVED.has(subresource));
        return { ...resource, ...(served.length > 0 && { subresources: served }) };
      });
    expect(our).toEqual(their);
  });

  test.each([
    ...new Set(MEMBER_KINDS.map(({ group, version }) => (group ? `apis/${group}/${version}` : `api/${version}`))),
  ])("OpenAPI v3 schemas of %s, with their enums", async (name) => {
    const our = (await ours(`/openapi/v3/${name}`)).components.schemas;
    const their = (await real(`/openapi/v3/${name}`, "application/json")).components.schemas;
    for (const [definition, schema] of Object.entries(our)) {
      if (/\.(DeleteOptions|WatchEvent)$/.test(definition)) continue;
      expect({ definition, schema: plain(schema) }).toEqual({ definition, schema: plain(their[definition]) });
    }
  });

  /** Names, types and enums: what `explain` prints of fields. */
  async function fields(kubectl: string, at: readonly string[], what: readonly string[]): Promise<string[]> {
    const { stdout } = await run(realBinary(kubectl), ["explain", ...what, ...at]);
    return stdout.split("\n").filter((line) => /^(KIND|VERSION|GROUP|FIELD|RESOURCE):|\t<[^>]+>|^\s*enum:/.test(line));
  }

  async function same(kubectl: string, ...what: string[]): Promise<string[]> {
    const [our, their] = await Promise.all([
      fields(kubectl, ["--server", url], what),
      fields(kubectl, ["--kubeconfig", plane.kubeconfig], what),
    ]);
    expect(our).toEqual(their);
    return our;
  }

  test.each(MEMBER_KINDS.map((kind) => [kind.resource, kind.group ? `${kind.group}/${kind.version}` : kind.version]))(
    "kubectl explain --recursive %s of %s",
    async (resource, apiVersion) => {
      const found = await same("kubectl", resource, "--recursive", `--api-version=${apiVersion}`);
      expect(found.length).toBeGreaterThan(4);
    },
    30_000,
  );

  test.each(["kubectl", "kubectl-1.32"])(
    "%s explains nested fields, from version 3 and from version 2",
    async (kubectl) => {
      for (const what of [
        "pods.spec.containers.resources",
        "deployments.spec.strategy.rollingUpdate.maxSurge",
        "ingress.spec.rules",
      ]) {
        expect((await same(kubectl, what)).length).toBeGreaterThan(1);
        expect((await same(kubectl, what, "--output=plaintext-openapiv2")).length).toBeGreaterThan(1);
      }
      await same(kubectl, "deployments", "--recursive", "--output=plaintext-openapiv2");
    },
    60_000,
  );
});
