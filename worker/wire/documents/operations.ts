// One operation of an OpenAPI v3 document for each thing that may be done to a kind, as upstream writes them. paths.ts puts them on paths.
import type { Kind } from "../../../kinds/kind.ts";
import type { Components } from "./components.ts";
import {
  DELETE_PARAMETERS,
  LIST_PARAMETERS,
  parameters,
  pathParameters,
  SELECT_PARAMETERS,
  WRITE_PARAMETERS,
} from "./parameters.ts";

export type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const PATCHES = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
const STRATEGIC = "application/strategic-merge-patch+json";
const TEXTS = ["application/json", "application/yaml"];
const PROTOBUF = "application/vnd.kubernetes.protobuf";
const STREAMS = ["application/json;stream=watch", `${PROTOBUF};stream=watch`];

const OK = { 200: "OK" };
const WRITTEN = { 200: "OK", 201: "Created" };
const CREATED = { ...WRITTEN, 202: "Accepted" };
const DELETED = { 200: "OK", 202: "Accepted" };

/** What is done, to what: an object, a collection or something below an object. */
export interface Subject {
  components: Components;
  /** "AppsV1". */
  title: string;
  tag: string;
  /** "NamespacedDeploymentScale": what operationId ends with. */
  name: string;
  /** Path parameters. */
  around: readonly string[];
  about: { group: string; version: string; kind: string };
  /** What is read and written. */
  schema: string;
  /** Protobuf and strategic merge patches are for Kubernetes' own kinds. */
  builtIn: boolean;
}

function content(types: readonly string[], schema: Doc): Doc {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function responses(codes: Record<string, string>, types: readonly string[], schema: Doc): Doc {
  const answers = Object.entries(codes).map(
    ([code, description]) => [code, { description, content: content(types, schema) }] as const,
  );
  return { ...Object.fromEntries(answers), 401: { description: "Unauthorized" } };
}

function read({ builtIn }: Pick<Subject, "builtIn">, streamed = false): string[] {
  const types = [...TEXTS, ...(builtIn ? [PROTOBUF] : []), ...(streamed ? STREAMS : [])];
  return builtIn ? types : types.filter((type) => !type.startsWith(PROTOBUF));
}

function operation(subject: Subject, verb: string, action: string, query: readonly string[], rest: Doc): Doc {
  const { group, version, kind } = subject.about;
  return {
    tags: [subject.tag],
    operationId: `${verb}${subject.name}`,
    parameters: [...pathParameters(subject.around), ...parameters(query)],
    ...rest,
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, version, kind },
  };
}

/** GET of what tells which resources there are; it takes no parameters. */
export function discovery(components: Components, tag: string, operationId: string, definition: string): Doc {
  const types = read({ builtIn: true });
  return { get: { tags: [tag], operationId, responses: responses(OK, types, components.use(META + definition)) } };
}

export function list(subject: Subject): Doc {
  const schema = subject.components.use(`${subject.schema}List`);
  return operation(subject, `list${subject.title}`, "list", LIST_PARAMETERS, {
    responses: responses(OK, read(subject, true), schema),
  });
}

/** The deprecated way to watch, by path. */
export function watch(subject: Subject, action: "watch" | "watchlist"): Doc {
  const schema = subject.components.use(`${META}WatchEvent`);
  return operation(subject, `watch${subject.title}`, action, LIST_PARAMETERS, {
    responses: responses(OK, read(subject, true), schema),
  });
}

export function get(subject: Subject): Doc {
  const schema = subject.components.use(subject.schema);
  return operation(subject, `read${subject.title}`, "get", [], { responses: responses(OK, read(subject), schema) });
}

export function create(subject: Subject): Doc {
  const schema = subject.components.use(subject.schema);
  return operation(subject, `create${subject.title}`, "post", WRITE_PARAMETERS, {
    requestBody: { content: content(["*/*"], schema), required: true },
    responses: responses(CREATED, read(subject), schema),
  });
}

export function update(subject: Subject): Doc {
  const schema = subject.components.use(subject.schema);
  return operation(subject, `replace${subject.title}`, "put", WRITE_PARAMETERS, {
    requestBody: { content: content(["*/*"], schema), required: true },
    responses: responses(WRITTEN, read(subject), schema),
  });
}

export function patch(subject: Subject): Doc {
  const schema = subject.components.use(subject.schema);
  const body = subject.components.use(`${META}Patch`);
  const types = subject.builtIn ? [...PATCHES, STRATEGIC] : PATCHES;
  return operation(subject, `patch${subject.title}`, "patch", [...WRITE_PARAMETERS, "force"], {
    requestBody: { content: content(types, body), required: true },
    responses: responses(WRITTEN, read(subject), schema),
  });
}

export function remove(subject: Subject, kind: Kind): Doc {
  const schema = subject.components.use(kind.returnsDeleted ? kind.schema : `${META}Status`);
  return operation(subject, `delete${subject.title}`, "delete", DELETE_PARAMETERS, {
    requestBody: { content: content(["*/*"], subject.components.use(`${META}DeleteOptions`)) },
    responses: responses(DELETED, read(subject), schema),
  });
}

export function removeAll(subject: Subject): Doc {
  const query = [...SELECT_PARAMETERS, ...DELETE_PARAMETERS];
  return operation(subject, `delete${subject.title}Collection`, "deletecollection", query, {
    requestBody: { content: content(["*/*"], subject.components.use(`${META}DeleteOptions`)) },
    responses: responses(OK, read(subject), subject.components.use(`${META}Status`)),
  });
}
