// `paths` of an OpenAPI v3 document: one operation per verb that the table gives a kind. kubectl reads from them whether a kind
// takes fieldValidation and which patches (cli-runtime query_param_verifier_v3.go, kubectl apply/patcher.go), explain finds kinds by them.
import type { Kind } from "../../../kinds/kind.ts";
import type { Components } from "./components.ts";
import type { GroupVersion } from "./groups.ts";
import { subresourcesOf } from "./groups.ts";
import {
  DELETE_PARAMETERS,
  LIST_PARAMETERS,
  parameters,
  pathParameters,
  SELECT_PARAMETERS,
  WRITE_PARAMETERS,
} from "./parameters.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const PATCHES = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
const STRATEGIC = "application/strategic-merge-patch+json";
const READ_TYPES = ["application/json", "application/yaml"];

/** "rbac.authorization.k8s.io" -> "RbacAuthorization". */
function camel(group: string): string {
  const short = group === "" ? "core" : group.replace(/\.k8s\.io$/, "");
  return short.replaceAll(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

interface Scope {
  components: Components;
  /** "AppsV1". */
  title: string;
  tag: string;
}

type About = { group: string; version: string; kind: string };

function content(types: readonly string[], schema: Doc): Doc {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function responses(codes: Record<string, string>, types: readonly string[], schema: Doc): Doc {
  const answers = Object.entries(codes).map(
    ([code, description]) => [code, { description, content: content(types, schema) }] as const,
  );
  return { ...Object.fromEntries(answers), 401: { description: "Unauthorized" } };
}

const OK = { 200: "OK" };
const WRITTEN = { 200: "OK", 201: "Created" };
const CREATED = { ...WRITTEN, 202: "Accepted" };
const DELETED = { 200: "OK", 202: "Accepted" };

function operation(scope: Scope, id: string, action: string, about: About, rest: Doc): Doc {
  const kind = { group: about.group, version: about.version, kind: about.kind };
  return {
    tags: [scope.tag],
    operationId: id,
    ...rest,
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kind,
  };
}

function list(scope: Scope, kind: Kind, name: string, own: boolean): Doc {
  const schema = scope.components.use(`${kind.schema}List`);
  const types = ["application/json", "application/json;stream=watch", "application/yaml"];
  return operation(scope, `list${scope.title}${name}`, "list", kind, {
    ...(own && { parameters: parameters(LIST_PARAMETERS) }),
    responses: responses(OK, types, schema),
  });
}

/** Operations on one object or subresource that reads and writes `definition`. */
function itemOperations(
  scope: Scope,
  name: string,
  about: About,
  definition: string,
  verbs: readonly string[],
  strategic: boolean,
): Doc {
  const schema = scope.components.use(definition);
  const item: Doc = {};
  if (verbs.includes("get"))
    item.get = operation(scope, `read${scope.title}${name}`, "get", about, {
      responses: responses(OK, READ_TYPES, schema),
    });
  if (verbs.includes("update")) {
    item.put = operation(scope, `replace${scope.title}${name}`, "put", about, {
      parameters: parameters(WRITE_PARAMETERS),
      requestBody: { content: content(["*/*"], schema), required: true },
      responses: responses(WRITTEN, READ_TYPES, schema),
    });
  }
  if (verbs.includes("patch")) {
    const patch = scope.components.use(`${META}Patch`);
    item.patch = operation(scope, `patch${scope.title}${name}`, "patch", about, {
      parameters: parameters([...WRITE_PARAMETERS, "force"]),
      requestBody: { content: content(strategic ? [...PATCHES, STRATEGIC] : PATCHES, patch), required: true },
      responses: responses(WRITTEN, READ_TYPES, schema),
    });
  }
  return item;
}

function collectionOperations(scope: Scope, kind: Kind, name: string): Doc {
  const options = scope.components.use(`${META}DeleteOptions`);
  const item: Doc = {};
  if (kind.verbs.includes("list")) item.get = list(scope, kind, name, true);
  if (kind.verbs.includes("create")) {
    const schema = scope.components.use(kind.schema);
    item.post = operation(scope, `create${scope.title}${name}`, "post", kind, {
      parameters: parameters(WRITE_PARAMETERS),
      requestBody: { content: content(["*/*"], schema), required: true },
      responses: responses(CREATED, READ_TYPES, schema),
    });
  }
  if (kind.verbs.includes("deletecollection")) {
    item.delete = operation(scope, `delete${scope.title}Collection${name}`, "deletecollection", kind, {
      parameters: parameters([...SELECT_PARAMETERS, ...DELETE_PARAMETERS]),
      requestBody: { content: content(["*/*"], options) },
      responses: responses(OK, READ_TYPES, scope.components.use(`${META}Status`)),
    });
  }
  return item;
}

function deletion(scope: Scope, kind: Kind, name: string): Doc {
  const answer = scope.components.use(kind.returnsDeleted ? kind.schema : `${META}Status`);
  return operation(scope, `delete${scope.title}${name}`, "delete", kind, {
    parameters: parameters(DELETE_PARAMETERS),
    requestBody: { content: content(["*/*"], scope.components.use(`${META}DeleteOptions`)) },
    responses: responses(DELETED, READ_TYPES, answer),
  });
}

function kindPaths(scope: Scope, base: string, kind: Kind): [string, Doc][] {
  const name = kind.namespaced ? `Namespaced${kind.kind}` : kind.kind;
  const collection = `${base}/${kind.namespaced ? "namespaces/{namespace}/" : ""}${kind.resource}`;
  const around = kind.namespaced ? ["namespace"] : [];
  const strategic = kind.schema.startsWith("io.k8s.");
  const found: [string, Doc][] = [];
  if (kind.namespaced && kind.verbs.includes("list")) {
    const all = {
      get: list(scope, kind, `${kind.kind}ForAllNamespaces`, false),
      parameters: parameters([...LIST_PARAMETERS, "pretty"]),
    };
    found.push([`${base}/${kind.resource}`, all]);
  }
  const operations = collectionOperations(scope, kind, name);
  if (Object.keys(operations).join() === "get" && around.length === 0) {
    // What all operations of a path have in common stands beside them.
    found.push([
      collection,
      { get: list(scope, kind, name, false), parameters: parameters([...LIST_PARAMETERS, "pretty"]) },
    ]);
  } else if (Object.keys(operations).length > 0)
    found.push([collection, { ...operations, parameters: pathParameters(around) }]);
  const item = itemOperations(scope, name, kind, kind.schema, kind.verbs, strategic);
  if (kind.verbs.includes("delete")) item.delete = deletion(scope, kind, name);
  if (Object.keys(item).length === 0) return found;
  const own = pathParameters(["name", ...around]);
  found.push([`${collection}/{name}`, { ...item, parameters: own }]);
  for (const sub of subresourcesOf(kind)) {
    const title = name + sub.name.charAt(0).toUpperCase() + sub.name.slice(1);
    const definition = sub.other === undefined ? kind.schema : "io.k8s.api.autoscaling.v1.Scale";
    const subject = itemOperations(scope, title, sub.other ?? kind, definition, sub.verbs, strategic);
    found.push([`${collection}/{name}/${sub.name}`, { ...subject, parameters: own }]);
  }
  return found;
}

/** All paths of one group version, sorted; fills `components` with what they refer to. */
export function pathsOf({ group, version, kinds }: GroupVersion, components: Components): Doc {
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const title = camel(group) + version.charAt(0).toUpperCase() + version.slice(1);
  const scope: Scope = { components, title, tag: `${lowerFirst(camel(group))}_${version}` };
  const resources = {
    tags: [scope.tag],
    operationId: `get${title}APIResources`,
    responses: responses(OK, READ_TYPES, components.use(`${META}APIResourceList`)),
  };
  const all: [string, Doc][] = [
    [`${base}/`, { get: resources }],
    ...kinds.flatMap((kind) => kindPaths(scope, base, kind)),
  ];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
