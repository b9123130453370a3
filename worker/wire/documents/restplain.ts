// What needs no kind, for openapi.yaml: health, version, the list of paths (../health.ts), discovery, the documents of /openapi/v3
// (documents.ts) and openapi.yaml itself. The same paths stand below a view, where they need a token.
import type { Kind } from "../../../kinds/kind.ts";
import type { Components } from "./components.ts";
import { groupsOf } from "./groups.ts";
import { errors, only } from "./resterrors.ts";
import { ANSWERED, content } from "./restkinds.ts";
import { refer } from "./restparameters.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

const AGGREGATED = ["v2", "v2beta1"].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
);

const text = (description: string): Doc => ({ description, content: { "text/plain": { schema: { type: "string" } } } });
const json = (description: string, schema: Doc): Doc => ({ description, content: { "application/json": { schema } } });

/** `open`: anyone may ask. */
function healthPaths(open: boolean, id: (name: string) => string): Doc {
  const names = { Healthz: "healthz", Livez: "livez", Readyz: "readyz" };
  const verbose = {
    name: "verbose",
    in: "query",
    description: "List the checks, also when all pass.",
    schema: { type: "string" },
    allowEmptyValue: true,
  };
  const exclude = {
    name: "exclude",
    in: "query",
    description: "Checks to leave out.",
    schema: { type: "array", items: { type: "string" } },
  };
  const check = {
    name: "check",
    in: "path",
    required: true,
    description: "One check, e.g. ping.",
    schema: { type: "string" },
  };
  const found: Doc = {};
  for (const [title, name] of Object.entries(names)) {
    const operation = (suffix: string, summary: string): Doc => ({
      tags: ["health"],
      operationId: id(`get${title}${suffix}`),
      summary,
      ...(open && { security: [] }),
      responses: {
        200: text("ok"),
        500: text("Which checks failed."),
        ...(open ? only(503) : only(401, 403, 404, 503)),
      },
    });
    found[`/${name}`] = { get: { ...operation("", SAYS[name]!), parameters: [verbose, exclude] } };
    found[`/${name}/{check}`] = { parameters: [check], get: operation("Check", "The same of one check.") };
  }
  return found;
}

const SAYS: Readonly<Record<string, string>> = {
  healthz: "As livez.",
  livez: "Whether the process answers; it does not ask the database.",
  readyz: "Whether it can serve: the database answers.",
};

const VERSION_FIELDS = [
  "major",
  "minor",
  "gitVersion",
  "gitCommit",
  "gitTreeState",
  "buildDate",
  "goVersion",
  "compiler",
  "platform",
];

function versionPath(open: boolean, id: (name: string) => string): Doc {
  const properties = Object.fromEntries(VERSION_FIELDS.map((field) => [field, { type: "string" }]));
  return {
    get: {
      tags: ["health"],
      operationId: id("getCodeVersion"),
      summary: "The Kubernetes release whose API this is, and Hanse's own version behind the plus sign.",
      ...(open && { security: [] }),
      responses: {
        200: json("version.Info", {
          type: "object",
          properties,
          required: VERSION_FIELDS,
          additionalProperties: { type: "string" },
        }),
        ...(open ? only(503) : only(401, 403, 404, 503)),
      },
    },
  };
}

function discovery(operationId: string, summary: string, schema: Doc, aggregated = false): Doc {
  const list = aggregated && content(AGGREGATED, { type: "object", additionalProperties: true });
  return {
    get: {
      tags: ["discovery"],
      operationId,
      summary,
      responses: {
        200: { description: "OK", content: { ...content(ANSWERED, schema), ...list } },
        ...errors(404, 406),
      },
    },
  };
}

function documentPath(operationId: string, parameters: Doc[]): Doc {
  const hash = {
    name: "hash",
    in: "query",
    description: "The hash that the index names: makes the answer immutable.",
    schema: { type: "string" },
  };
  return {
    ...(parameters.length > 0 && { parameters }),
    get: {
      tags: ["discovery"],
      operationId,
      summary: "OpenAPI v3 of one group version.",
      parameters: [hash],
      responses: {
        200: json("The document.", { type: "object", additionalProperties: true }),
        301: { description: "To the document of the right hash." },
        304: { description: "As If-None-Match has it." },
        406: { description: "Only JSON is written." },
        ...errors(404),
      },
    },
  };
}

/** Below the root, and with ids of their own below a view. */
export function commonPaths(components: Components, open: boolean, id: (name: string) => string): Doc {
  const index = { type: "object", additionalProperties: true };
  return {
    ...healthPaths(open, id),
    "/version": versionPath(open, id),
    "/": {
      get: {
        tags: ["discovery"],
        operationId: id("getPaths"),
        summary: "The paths that are answered.",
        responses: {
          200: json("OK", {
            type: "object",
            properties: { paths: { type: "array", items: { type: "string" } } },
            required: ["paths"],
          }),
          ...errors(404),
        },
      },
    },
    "/api": discovery(
      id("getCoreAPIVersions"),
      "Versions of the core group.",
      components.use(`${META}APIVersions`),
      true,
    ),
    "/apis": discovery(id("getAPIVersions"), "The other groups.", components.use(`${META}APIGroupList`), true),
    "/openapi/v2": {
      get: {
        tags: ["discovery"],
        operationId: id("getOpenAPIV2"),
        summary: "The OpenAPI v2 document of all groups, also as protobuf.",
        responses: {
          200: {
            description: "OK",
            content: {
              "application/json": { schema: { type: "object", additionalProperties: true } },
              "application/com.github.proto-openapi.spec.v2.v1.0+protobuf": {
                schema: { type: "string", format: "binary" },
              },
            },
          },
          ...errors(404, 406),
        },
      },
    },
    "/openapi/v3": {
      get: {
        tags: ["discovery"],
        operationId: id("getOpenAPIV3"),
        summary: "Where the OpenAPI v3 document of each group version is.",
        responses: { 200: json("OK", index), ...errors(404) },
      },
    },
    "/openapi/v3/api/v1": documentPath(id("getOpenAPIV3CoreV1"), []),
    "/openapi/v3/apis/{group}/{version}": documentPath(id("getOpenAPIV3GroupVersion"), refer("group", "version")),
  };
}

export function plainPaths(kinds: readonly Kind[], components: Components): Doc {
  const found = commonPaths(components, true, (name) => name);
  for (const { name } of groupsOf(kinds)) {
    if (name === "") continue;
    const title = name.replaceAll(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
    const summary = `Versions of the group ${name}.`;
    found[`/apis/${name}`] = discovery(`get${title}APIGroup`, summary, components.use(`${META}APIGroup`));
  }
  found["/openapi.yaml"] = {
    get: {
      tags: ["discovery"],
      operationId: "getOpenAPIYAML",
      summary: "This document.",
      responses: {
        200: {
          description: "OK",
          content: { "application/yaml": { schema: { type: "object", additionalProperties: true } } },
        },
        ...errors(),
      },
    },
  };
  return found;
}
