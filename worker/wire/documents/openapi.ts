// One OpenAPI v3 document per group version, and the list of them. Only kinds of the table and what they refer to; no prose.
import { facts } from "../../../kinds/facts/facts.ts";
import { Components } from "./components.ts";
import type { GroupVersion } from "./groups.ts";
import { pathsOf } from "./paths.ts";

/** "api/v1", "apis/apps/v1": how the index names a group version, and the path below /openapi/v3/. */
export function documentName({ group, version }: GroupVersion): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

export function openapiDocument(groupVersion: GroupVersion): object {
  const components = new Components(groupVersion.group, groupVersion.version);
  const paths = pathsOf(groupVersion, components);
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(facts().release)!;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: `${major}.${minor}` },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        BearerToken: {
          type: "apiKey",
          description: "Bearer Token authentication",
          name: "authorization",
          in: "header",
        },
      },
    },
  };
}

/** GET /openapi/v3. `hash` is upper-case hex SHA-512 of the document; `prefix` the path before /openapi in a view. */
export function openapiIndex(names: readonly { name: string; hash: string }[], prefix: string): object {
  const paths = names.map(
    ({ name, hash }) => [name, { serverRelativeURL: `${prefix}/openapi/v3/${name}?hash=${hash}` }] as const,
  );
  return { paths: Object.fromEntries(paths) };
}
