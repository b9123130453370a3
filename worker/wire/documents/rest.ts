// openapi.yaml: one OpenAPI 3.1 document of everything the federation answers: Hanse's own protocol and resources, and the
// Kubernetes routes of every kind of the table. Made by test/checks/openapi.ts, checked in, and served as it is at /openapi.yaml.
// kubectl never reads it (it reads /openapi/v3, openapi.ts); it is for people and for generated clients.
import type { Kind } from "../../../kinds/kind.ts";
import { Components } from "./components.ts";
import { errorResponses } from "./resterrors.ts";
import { agentPaths } from "./restagents.ts";
import { kindPaths } from "./restkinds.ts";
import { parameterComponents } from "./restparameters.ts";
import { plainPaths } from "./restplain.ts";
import { JSON_SCHEMA, ownSchemas } from "./restschemas.ts";
import { viewPaths, watchPaths } from "./restviews.ts";

type Doc = Record<string, unknown>;

const DESCRIPTION = `Hanse makes many Kubernetes clusters into one. Its API is the Kubernetes API: whatever speaks to a cluster speaks to the
federation, and the clusters are its nodes.

Errors are Kubernetes Status objects, always as JSON. Objects are read and written as JSON or YAML, and read as a Table with
\`Accept: application/json;as=Table;v=v1;g=meta.k8s.io\`. A list with \`watch=true\` does not end: it is one WatchEvent a line.

- The federation itself stands at \`/api\` and \`/apis\`.
- \`/clusters/{cluster}\` shows, read-only, the share of one member cluster in the same form.
- Agents pull their cluster's share and report what became of it at \`/clusters/{cluster}/hanse/v1\`.

Only health, \`/version\` and the registration of an agent are open to anyone.
`;

const SECURITY_SCHEMES = {
  AdminToken: { type: "http", scheme: "bearer", description: "The admin's token, as it stands in the kubeconfig." },
  AgentToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "Signed by the agent's own Ed25519 key (alg EdDSA): iss and sub are the cluster's name, aud is hanse, iat and exp are set and at most 120 s apart.",
  },
};

/** Groups the operations by what they are about; tags of kinds are named after their group and version. */
function tagsOf(paths: Doc): Doc[] {
  const own: Record<string, string> = {
    agents: "What agents and the federation say to each other.",
    epoch: "Which life of the data this is, after a restored backup.",
    discovery: "Which kinds are served, and their schemas.",
    health: "Whether the federation serves, and which version it is.",
    views: "The share of one member cluster, read-only.",
    watch: "Deprecated paths that watch; the list operations do so with watch=true.",
  };
  const used = new Set<string>();
  for (const item of Object.values(paths) as Doc[])
    for (const operation of Object.values(item) as Doc[])
      for (const tag of (operation.tags ?? []) as string[]) used.add(tag);
  return [...used].sort().map((name) => ({ name, ...(own[name] && { description: own[name] }) }));
}

function sorted(doc: Doc): Doc {
  return Object.fromEntries(Object.entries(doc).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The document as plain JSON: shares no objects, holds no undefined. `version` is Hanse's own. */
export function restDocument(kinds: readonly Kind[], version: string): Doc {
  const components = new Components("", "v1", [], [JSON_SCHEMA]);
  const paths = sorted({
    ...plainPaths(kinds, components),
    ...kindPaths(kinds, components),
    ...watchPaths(components),
    ...agentPaths(),
    ...viewPaths(components),
  });
  const errors = errorResponses(components);
  return JSON.parse(
    JSON.stringify({
      openapi: "3.1.0",
      info: {
        title: "Hanse",
        version,
        summary: "A serverless federation that makes many Kubernetes clusters into one.",
        description: DESCRIPTION,
        license: { name: "Apache 2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/", description: "The federation that serves this document." }],
      security: [{ AdminToken: [] }],
      tags: tagsOf(paths),
      paths,
      components: {
        schemas: sorted({ ...(components.toJSON() as Doc), ...ownSchemas() }),
        responses: errors,
        parameters: parameterComponents(),
        securitySchemes: SECURITY_SCHEMES,
      },
    }),
  ) as Doc;
}
