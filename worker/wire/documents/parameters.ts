// Query and path parameters of the Kubernetes verbs, as OpenAPI names them.

const QUERY: Record<string, "string" | "integer" | "boolean"> = {
  allowWatchBookmarks: "boolean",
  continue: "string",
  dryRun: "string",
  fieldManager: "string",
  fieldSelector: "string",
  fieldValidation: "string",
  force: "boolean",
  gracePeriodSeconds: "integer",
  labelSelector: "string",
  limit: "integer",
  orphanDependents: "boolean",
  pretty: "string",
  propagationPolicy: "string",
  resourceVersion: "string",
  resourceVersionMatch: "string",
  sendInitialEvents: "boolean",
  timeoutSeconds: "integer",
  watch: "boolean",
};

/** deletecollection selects as list does, but does not watch. */
export const SELECT_PARAMETERS = [
  "continue",
  "fieldSelector",
  "labelSelector",
  "limit",
  "resourceVersion",
  "resourceVersionMatch",
  "sendInitialEvents",
  "timeoutSeconds",
];
export const LIST_PARAMETERS = ["allowWatchBookmarks", "watch", ...SELECT_PARAMETERS];
export const WRITE_PARAMETERS = ["dryRun", "fieldManager", "fieldValidation"];
export const DELETE_PARAMETERS = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];

export function parameters(names: readonly string[]): object[] {
  return [...names].sort().map((name) => ({ name, in: "query", schema: { type: QUERY[name], uniqueItems: true } }));
}

/** `{name}` and `{namespace}`, and `pretty`, which every operation takes. */
export function pathParameters(names: readonly string[]): object[] {
  const inPath = names.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", uniqueItems: true },
  }));
  return [...inPath, ...parameters(["pretty"])];
}
