// The read-only routes below /clusters/{cluster} in openapi.yaml (../view.ts), for all kinds at once: the kind is a parameter. And, likewise
// for all kinds at once, the deprecated watch paths of the federation itself.
import type { Components } from "./components.ts";
import { errors } from "./resterrors.ts";
import { ANSWERED, content } from "./restkinds.ts";
import { refer } from "./restparameters.ts";
import { commonPaths } from "./restplain.ts";
import { OBJECT, OBJECT_LIST, reference } from "./restschemas.ts";
import { LIST_PARAMETERS } from "./parameters.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const EITHER = [{ AdminToken: [] }, { AgentToken: [] }];
const LIST = [...LIST_PARAMETERS, "pretty"].sort();
const NOTE = "What the cluster should run, rendered, with the status that it reported. Writes get 405.";

interface Base {
  path: string;
  /** In operationIds. */
  title: string;
  parameters: string[];
}

/** The core group, of which no kind scales, and all others. */
const BASES: readonly Base[] = [
  { path: "/api/v1", title: "CoreV1", parameters: [] },
  { path: "/apis/{group}/{version}", title: "GroupVersion", parameters: ["group", "version"] },
];

function list(operationId: string, events: Doc): Doc {
  return {
    tags: ["views"],
    operationId,
    summary: "Lists or watches the cluster's objects of one kind.",
    description: NOTE,
    parameters: refer(...LIST),
    responses: {
      200: {
        description: "The list, or with watch=true one event a line.",
        content: { ...content(ANSWERED, reference(OBJECT_LIST)), "application/json;stream=watch": { schema: events } },
      },
      ...errors(400, 404, 406, 410, 422),
    },
  };
}

function read(operationId: string, summary: string): Doc {
  return {
    tags: ["views"],
    operationId,
    summary,
    description: NOTE,
    parameters: refer("pretty"),
    responses: { 200: { description: "OK", content: content(ANSWERED, reference(OBJECT)) }, ...errors(400, 404, 406) },
  };
}

function objectPaths({ path, title, parameters }: Base, components: Components): Doc {
  const events = components.use(`${META}WatchEvent`);
  const found: Doc = {};
  for (const [scope, namespaced] of [
    ["", false],
    ["Namespaced", true],
  ] as const) {
    const around = namespaced ? ["namespace"] : [];
    const collection = `${path}${namespaced ? "/namespaces/{namespace}" : ""}/{plural}`;
    const place = [...parameters, ...around, "plural"];
    found[collection] = { parameters: refer(...place), get: list(`list${title}${scope}ViewObjects`, events) };
    found[`${collection}/{name}`] = {
      parameters: refer(...place, "name"),
      get: read(`read${title}${scope}ViewObject`, "Reads one of the cluster's objects."),
    };
    for (const subresource of namespaced && path !== "/api/v1" ? ["status", "scale"] : ["status"])
      found[`${collection}/{name}/${subresource}`] = {
        parameters: refer(...place, "name"),
        get: read(
          `read${title}${scope}ViewObject${subresource === "status" ? "Status" : "Scale"}`,
          `Reads the ${subresource} of one of the cluster's objects.`,
        ),
      };
  }
  return found;
}

export function viewPaths(components: Components): Doc {
  const inView = (name: string) => name.replace(/^get/, "getView");
  const group = {
    get: {
      tags: ["views"],
      operationId: "getViewAPIGroup",
      summary: "Versions of one group.",
      responses: {
        200: { description: "OK", content: content(ANSWERED, components.use(`${META}APIGroup`)) },
        ...errors(404, 406),
      },
    },
    parameters: refer("group"),
  };
  const resources = (operationId: string, parameters: string[]): Doc => ({
    ...(parameters.length > 0 && { parameters: refer(...parameters) }),
    get: {
      tags: ["views"],
      operationId,
      summary: "The resources of one group version.",
      responses: {
        200: { description: "OK", content: content(ANSWERED, components.use(`${META}APIResourceList`)) },
        ...errors(404, 406),
      },
    },
  });
  const all: Doc = {
    ...commonPaths(components, false, inView),
    "/apis/{group}": group,
    "/api/v1": resources("getViewCoreV1APIResources", []),
    "/apis/{group}/{version}": resources("getViewGroupVersionAPIResources", ["group", "version"]),
  };
  for (const base of BASES)
    Object.assign(all, objectPaths(base, components), watchesOf(base, components, ["views"], "View"));
  return Object.fromEntries(
    Object.entries(all).map(([path, item]) => [`/clusters/{cluster}${path}`, belowView(item as Doc)]),
  );
}

/** A path item with {cluster} before its parameters, open to the admin and to the cluster's own agent. */
function belowView({ parameters, ...operations }: Doc): Doc {
  const opened = Object.entries(operations).map(([method, operation]) => [
    method,
    { ...(operation as Doc), tags: ["views"], security: EITHER },
  ]);
  return { parameters: [...refer("cluster"), ...((parameters ?? []) as Doc[])], ...Object.fromEntries(opened) };
}

function watchesOf({ path, title, parameters }: Base, components: Components, tags: string[], infix: string): Doc {
  const schema = components.use(`${META}WatchEvent`);
  const places = [
    ["/watch/{plural}", "Objects", ["plural"]],
    ["/watch/{plural}/{name}", "Object", ["plural", "name"]],
    ["/watch/namespaces/{namespace}/{plural}", "NamespacedObjects", ["namespace", "plural"]],
    ["/watch/namespaces/{namespace}/{plural}/{name}", "NamespacedObject", ["namespace", "plural", "name"]],
  ] as const;
  const found: Doc = {};
  for (const [below, what, names] of places)
    found[path + below] = {
      parameters: refer(...parameters, ...names),
      get: {
        tags,
        operationId: `watch${title}${infix}${what}`,
        summary: "Watches; the list operation with watch=true does the same.",
        deprecated: true,
        parameters: refer(...LIST),
        responses: {
          200: { description: "One event a line.", content: { "application/json": { schema } } },
          ...errors(400, 404, 406, 422),
        },
      },
    };
  return found;
}

/** The federation's own deprecated watch paths. */
export function watchPaths(components: Components): Doc {
  return Object.assign({}, ...(BASES.map((base) => watchesOf(base, components, ["watch"], "")) as Doc[])) as Doc;
}
