// One OpenAPI v3 document per group version, and the list of them. Only kinds of the table and what they refer to; no prose.
import { facts } from "../../../kinds/facts/facts.ts";
import { Components } from "./components.ts";
import type { Group, GroupVersion } from "./groups.ts";
import { groupPath, pathsOf } from "./paths.ts";

/** "api/v1", "apis/apps/v1": how the index names a group version, and the path below /openapi/v3/. */
export function documentName({ group, version }: GroupVersion): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(paths: object, components: Components): object {
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

function openapiDocument(groupVersion: GroupVersion): object {
  const components = new Components(groupVersion.group, groupVersion.version, groupVersion.kinds);
  return documentOf(pathsOf(groupVersion, components), components);
}

/** Of "api", "apis" or "apis/apps": what groups and versions there are. */
function groupDocument(name: string): object {
  const components = new Components("", "");
  return documentOf(groupPath(`/${name}/`, components), components);
}

/** How to make each document, by its name and in the index' order. */
export function openapiDocuments(groups: readonly Group[]): Map<string, () => object> {
  const found = new Map<string, () => object>();
  found.set("api", () => groupDocument("api"));
  found.set("apis", () => groupDocument("apis"));
  for (const { name, versions } of groups) {
    if (name !== "") found.set(`apis/${name}`, () => groupDocument(`apis/${name}`));
    for (const version of versions) found.set(documentName(version), () => openapiDocument(version));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** GET /openapi/v3. `hash` is upper-case hex SHA-512 of the document; `prefix` the path before /openapi in a view. */
export function openapiIndex(names: readonly { name: string; hash: string }[], prefix: string): object {
  const paths = names.map(
    ({ name, hash }) => [name, { serverRelativeURL: `${prefix}/openapi/v3/${name}?hash=${hash}` }] as const,
  );
  return { paths: Object.fromEntries(paths) };
}
