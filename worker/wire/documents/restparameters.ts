// The parameters of openapi.yaml, each written down once with its description and its values, and referred to by the operations.

type Doc = Record<string, unknown>;

interface Parameter {
  schema: Doc;
  description: string;
}

const text = (description: string): Parameter => ({ schema: { type: "string" }, description });
const flag = (description: string): Parameter => ({ schema: { type: "boolean" }, description });
const count = (description: string): Parameter => ({ schema: { type: "integer" }, description });
const oneOf = (values: string[], description: string): Parameter => ({
  schema: { type: "string", enum: values },
  description,
});

const QUERY: Readonly<Record<string, Parameter>> = {
  allowWatchBookmarks: flag("Watch: send BOOKMARK events, which carry only a resourceVersion to go on from."),
  continue: text("The token metadata.continue of the page before."),
  dryRun: oneOf(["All"], "Do all but store it."),
  fieldManager: text("Who is said to own the fields that are set; server-side apply requires it."),
  fieldSelector: text("Only objects with these field values: metadata.name=web,metadata.namespace!=default."),
  fieldValidation: oneOf(
    ["Ignore", "Warn", "Strict"],
    "What unknown and duplicate fields are: nothing, a Warning header, or an error.",
  ),
  force: flag("Server-side apply: take fields over from other managers."),
  gracePeriodSeconds: count("Accepted for compatibility."),
  labelSelector: text("Only objects with these labels: app=web,tier in (front,back),!old."),
  limit: count("Objects in one page; metadata.continue leads to the next."),
  orphanDependents: flag("Deprecated: propagationPolicy."),
  pretty: text("true: indented JSON."),
  propagationPolicy: oneOf(
    ["Orphan", "Background", "Foreground"],
    "What becomes of objects that the deleted one owns.",
  ),
  resourceVersion: text(
    "List: at least, or with resourceVersionMatch=Exact exactly, this version. Watch: only what came after it.",
  ),
  resourceVersionMatch: oneOf(["Exact", "NotOlderThan"], "How resourceVersion is meant."),
  sendInitialEvents: flag(
    "Watch: begin with the state as ADDED events and a BOOKMARK (with resourceVersionMatch=NotOlderThan).",
  ),
  timeoutSeconds: count("Watch: end after so many seconds."),
  watch: flag("Do not answer with the list but with changes to it, one WatchEvent a line, until the connection ends."),
};

const PATH: Readonly<Record<string, string>> = {
  cluster: "Name of a member cluster.",
  group: "API group of the kind, e.g. apps.",
  name: "Name of the object.",
  namespace: "Namespace of the object.",
  plural: "The kind as paths name it, e.g. deployments.",
  version: "API version of the kind, e.g. v1.",
};

/** components.parameters */
export function parameterComponents(): Doc {
  const inQuery = Object.entries(QUERY).map(([name, { schema, description }]) => [
    name,
    { name, in: "query", description, schema },
  ]);
  const inPath = Object.entries(PATH).map(([name, description]) => [
    name,
    { name, in: "path", required: true, description, schema: { type: "string" } },
  ]);
  return Object.fromEntries([...inQuery, ...inPath]) as Doc;
}

/** References to parameters by name. @throws on a name that is not written down here. */
export function refer(...names: string[]): Doc[] {
  return names.map((name) => {
    if (QUERY[name] === undefined && PATH[name] === undefined) throw new Error(`no description of parameter ${name}`);
    return { $ref: `#/components/parameters/${name}` };
  });
}
