// The agent protocol (kinds/protocol.ts, ../agentroutes.ts), the join token that begins it (../join.ts) and the admin's word after a restored
// backup (../epoch.ts), for openapi.yaml.
import { MAX_ITEMS, MAX_WAIT_SECONDS } from "../../../kinds/protocol.ts";
import { errors, only } from "./resterrors.ts";
import { refer } from "./restparameters.ts";
import { agentSchema, hanseSchema } from "./restschemas.ts";

type Doc = Record<string, unknown>;

function body(schema: Doc, required = true): Doc {
  return { required, content: { "application/json": { schema } } };
}

function answer(description: string, schema: Doc): Doc {
  return { description, content: { "application/json": { schema } } };
}

const register = {
  tags: ["agents"],
  operationId: "createHanseV1Registration",
  summary: "Spends a join token and leaves the agent's public key.",
  description: "Whatever is wrong with the token, the answer is the same 401.",
  security: [],
  requestBody: body(agentSchema("Register")),
  responses: {
    201: answer("The cluster's identity.", agentSchema("RegisterAnswer")),
    ...only(400, 401, 413, 422, 429, 500, 503, 504),
  },
};

const changes = {
  tags: ["agents"],
  operationId: "listHanseV1ClusterChanges",
  summary: "The cluster's share after a cursor.",
  description:
    "Items come in the order of the log. The answer's cursor covers exactly the items given so far. What is absent is not deleted: only a tombstone deletes. 410: begin again with an empty cursor, and only add or update.",
  security: [{ AgentToken: [] }],
  parameters: [
    {
      name: "after",
      in: "query",
      description: "The cursor of the last answer; absent or empty: from the beginning.",
      schema: { type: "string" },
    },
    {
      name: "wait",
      in: "query",
      description: `Seconds, at most ${MAX_WAIT_SECONDS}, for which the request is held open while there is nothing.`,
      schema: { type: "integer", minimum: 0, default: 0 },
    },
    {
      name: "limit",
      in: "query",
      description: `Items in one answer, at most ${MAX_ITEMS}.`,
      schema: { type: "integer", minimum: 1, default: MAX_ITEMS },
    },
  ],
  responses: { 200: answer("Changes.", agentSchema("Changes")), ...errors(400, 410) },
};

const reports = {
  tags: ["agents"],
  operationId: "createHanseV1ClusterReports",
  summary: "What the agent sees: per binding, and of the cluster.",
  description: "One commit for all of it. What did not change is not written, so a report may be repeated.",
  security: [{ AgentToken: [] }],
  requestBody: body(agentSchema("Reports")),
  responses: { 200: answer("Taken down.", agentSchema("ReportsAnswer")), ...errors(400, 413, 422) },
};

const joinToken = {
  tags: ["hanseDev_v1alpha1"],
  operationId: "createHanseDevV1alpha1ClusterJointoken",
  summary: "A one-off token with which an agent registers as this cluster.",
  requestBody: body(hanseSchema("JoinTokenRequest")),
  responses: { 201: answer("The token.", hanseSchema("JoinToken")), ...errors(400, 404, 413, 422) },
};

const epoch = {
  tags: ["epoch"],
  operationId: "readHanseV1Epoch",
  summary: "Which life of the data this is, and which clusters hold deletions back.",
  description:
    "After a restored backup every cluster only adds and updates. Shown is what would be deleted in each once it is confirmed, and what stands there that the data knows nothing of.",
  parameters: [
    {
      name: "cluster",
      in: "query",
      description: "This cluster alone, with up to 10000 names instead of 100.",
      schema: { type: "string" },
    },
  ],
  responses: { 200: answer("The epoch.", hanseSchema("Epoch")), ...errors(404) },
};

const confirmEpoch = {
  tags: ["epoch"],
  operationId: "createHanseV1EpochConfirm",
  summary: "Lets the waiting deletions of these clusters go on.",
  description: "All of them or none: 409 when anything is not as it was shown.",
  requestBody: body(hanseSchema("EpochConfirm")),
  responses: { 200: answer("Confirmed.", hanseSchema("EpochConfirmed")), ...errors(400, 409, 413, 422) },
};

export function agentPaths(): Doc {
  return {
    "/hanse/v1/register": { post: register },
    "/clusters/{cluster}/hanse/v1/changes": { parameters: refer("cluster"), get: changes },
    "/clusters/{cluster}/hanse/v1/reports": { parameters: refer("cluster"), post: reports },
    "/hanse/v1/epoch": { get: epoch },
    "/hanse/v1/epoch/confirm": { post: confirmEpoch },
    "/apis/hanse.dev/v1alpha1/clusters/{name}/jointoken": { parameters: refer("name"), post: joinToken },
  };
}
