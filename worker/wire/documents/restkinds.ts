// The Kubernetes routes of openapi.yaml: those that /openapi/v3 has (paths.ts, as upstream writes them), made exact where
// upstream's documents are vague: which media types, which errors, what a deletion answers, what a watch sends.
import type { Kind } from "../../../kinds/kind.ts";
import type { Components } from "./components.ts";
import { groupsOf } from "./groups.ts";
import { pathsOf } from "./paths.ts";
import { errors } from "./resterrors.ts";
import { refer } from "./restparameters.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

export const ANSWERED = ["application/json", "application/yaml"];
const WATCHED = "application/json;stream=watch";
const PROTOBUF = "application/vnd.kubernetes.protobuf";

const SUMMARY: Readonly<Record<string, (kind: string) => string>> = {
  get: (kind) => `Reads one ${kind}.`,
  list: (kind) => `Lists or watches ${kind} objects.`,
  post: (kind) => `Creates one ${kind}.`,
  put: (kind) => `Replaces one ${kind}.`,
  patch: (kind) =>
    `Changes one ${kind}: JSON patch, merge patch, strategic merge patch, or server-side apply (which creates it too).`,
  delete: (kind) => `Deletes one ${kind}.`,
  deletecollection: (kind) => `Deletes the selected ${kind} objects.`,
};

const BODY = [400, 404, 406, 409, 413, 415, 422];
const ERRORS: Readonly<Record<string, readonly number[]>> = {
  get: [400, 404, 406],
  list: [400, 406, 410, 422],
  post: BODY,
  put: BODY,
  patch: BODY,
  delete: BODY,
  deletecollection: [400, 406, 409, 410, 413, 415, 422],
};

export function content(types: readonly string[], schema: Doc): Doc {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function referAll(parameters: unknown): Doc[] {
  return refer(...((parameters ?? []) as { name: string }[]).map(({ name }) => name));
}

/** The schema that all media types of a body share. */
function schemaIn(holder: unknown): Doc {
  return Object.values((holder as { content: Record<string, { schema: Doc }> }).content)[0]!.schema;
}

/** What a body may be: any media type for upstream; JSON, YAML and, of built-in kinds, protobuf in truth. */
function requestBody(body: Doc, builtIn: boolean): Doc {
  const schema = schemaIn(body);
  if ("*/*" in (body.content as Doc))
    return { ...body, content: { ...content(ANSWERED, schema), ...(builtIn && { [PROTOBUF]: {} }) } };
  // A JSON patch is a list of operations, which upstream's `Patch` does not say.
  const operations = { type: "array", items: { type: "object" } };
  return { ...body, content: { ...(body.content as Doc), "application/json-patch+json": { schema: operations } } };
}

function answers(operation: Doc, action: string, kind: Kind, subresource: string, components: Components): Doc {
  const { 401: _always, ...given } = operation.responses as Record<string, Doc>;
  const schema = schemaIn(given[200]);
  const answer = (description: string, of: Doc) => ({ description, content: content(ANSWERED, of) });
  const list = kind.asked ? {} : components.use(`${kind.schema}List`);
  switch (action) {
    case "list": {
      const events = { [WATCHED]: { schema: components.use(`${META}WatchEvent`) } };
      return {
        200: {
          ...answer("The list, or with watch=true one event a line.", list),
          content: { ...content(ANSWERED, list), ...events },
        },
      };
    }
    case "post":
      // Below an object it is a deed: the answer says that it was done.
      return {
        201: subresource === "" ? answer("Created.", schema) : answer("Done.", components.use(`${META}Status`)),
      };
    case "delete": {
      // With finalizers left it is only marked, and answered as it then stands.
      const either = kind.returnsDeleted ? schema : { anyOf: [schema, components.use(kind.schema)] };
      return { 200: answer("Deleted, or marked where finalizers hold it.", either), 202: answer("Marked.", either) };
    }
    case "deletecollection":
      return { 200: answer("What was deleted.", list) };
    default:
      return given;
  }
}

function operationOf(operation: Doc, kind: Kind, subresource: string, components: Components): Doc {
  const action = operation["x-kubernetes-action"] as string;
  const { tags, operationId, parameters, requestBody: body, responses: _theirs, ...rest } = operation;
  // The parameter stands on every list; of a kind that is not watched it is refused.
  const unwatched = action === "list" && !kind.verbs.includes("watch");
  return {
    tags,
    operationId,
    summary: SUMMARY[action]!(subresource === "" ? kind.kind : `${kind.kind} ${subresource}`),
    ...(parameters !== undefined && { parameters: referAll(parameters) }),
    ...(body !== undefined && { requestBody: requestBody(body as Doc, kind.schema.startsWith("io.k8s.")) }),
    responses: {
      ...answers(operation, action, kind, subresource, components),
      ...errors(...ERRORS[action]!, ...(unwatched ? [405] : [])),
    },
    ...rest,
  };
}

function itemOf(item: Doc, kind: Kind, subresource: string, components: Components): Doc {
  const adapted = Object.entries(item).map(([method, value]) => [
    method,
    method === "parameters" ? referAll(value) : operationOf(value as Doc, kind, subresource, components),
  ]);
  return Object.fromEntries(adapted) as Doc;
}

/** Segments from the resource on: "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale" -> deployments, {name}, scale. */
function below(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(parts.indexOf("{namespace}") + 1 || (parts[1] === "api" ? 3 : 4));
}

export function kindPaths(kinds: readonly Kind[], components: Components): Doc {
  const found: Doc = {};
  for (const version of groupsOf(kinds).flatMap(({ versions }) => versions)) {
    for (const [path, item] of Object.entries(pathsOf(version, components)) as [string, Doc][]) {
      // The list of a version's resources; clients ask for it with and without the slash.
      if (path.endsWith("/")) {
        const get = item.get as Doc;
        const { 200: list } = get.responses as Doc;
        found[path.slice(0, -1)] = { get: { ...get, tags: ["discovery"], responses: { 200: list, ...errors(406) } } };
        continue;
      }
      // restviews.ts says it once for all kinds.
      if (path.includes("/watch/")) continue;
      const [resource, , subresource = ""] = below(path);
      const kind = version.kinds.find((one) => one.resource === resource)!;
      found[path] = itemOf(item, kind, subresource, components);
    }
  }
  return found;
}
