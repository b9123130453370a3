// Hanse's own shapes in openapi.yaml, from the zod schemas that judge the requests. Named in the style of Kubernetes' definitions.
import { z } from "zod";
import { EpochClusterSchema, EpochConfirmedSchema, EpochConfirmSchema, EpochSchema } from "../../../kinds/epoch.ts";
import { JoinTokenRequestSchema, JoinTokenSchema } from "../../../kinds/jointoken.ts";
import {
  ChangesSchema,
  FailureSchema,
  ItemSchema,
  RegisterAnswerSchema,
  RegisterSchema,
  ReportItemSchema,
  ReportsAnswerSchema,
  ReportsSchema,
  TemplateKeySchema,
} from "../../../kinds/protocol.ts";

type Doc = Record<string, unknown>;

const AGENT = "dev.hanse.agent.v1.";
const HANSE = "dev.hanse.v1alpha1.";

const OWN = {
  [`${AGENT}Register`]: RegisterSchema,
  [`${AGENT}RegisterAnswer`]: RegisterAnswerSchema,
  [`${AGENT}Changes`]: ChangesSchema,
  [`${AGENT}Item`]: ItemSchema,
  [`${AGENT}TemplateKey`]: TemplateKeySchema,
  [`${AGENT}Reports`]: ReportsSchema,
  [`${AGENT}ReportItem`]: ReportItemSchema,
  [`${AGENT}Failure`]: FailureSchema,
  [`${AGENT}ReportsAnswer`]: ReportsAnswerSchema,
  [`${HANSE}Epoch`]: EpochSchema,
  [`${HANSE}EpochCluster`]: EpochClusterSchema,
  [`${HANSE}EpochConfirm`]: EpochConfirmSchema,
  [`${HANSE}EpochConfirmed`]: EpochConfirmedSchema,
  [`${HANSE}JoinToken`]: JoinTokenSchema,
  [`${HANSE}JoinTokenRequest`]: JoinTokenRequestSchema,
} as const;

/** What a view answers with, whatever the kind. */
export const OBJECT = `${HANSE}Object`;
export const OBJECT_LIST = `${HANSE}ObjectList`;
const META = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.";

/** A field of it is called "$ref", which generators of clients take for a reference: it stays open. */
export const JSON_SCHEMA = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

const GENERIC: Doc = {
  [JSON_SCHEMA]: {
    type: "object",
    description: "A JSON schema as CustomResourceDefinitions write it (Kubernetes' structural schemas).",
    additionalProperties: true,
  },
  [OBJECT]: {
    type: "object",
    description: "Any Kubernetes object.",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { $ref: `${META}ObjectMeta` },
    },
    additionalProperties: true,
  },
  [OBJECT_LIST]: {
    type: "object",
    description: "Any list of Kubernetes objects.",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { $ref: `${META}ListMeta` },
      items: { type: "array", items: reference(OBJECT) },
    },
    required: ["items"],
  },
};

export function reference(name: string): Doc {
  return { $ref: `#/components/schemas/${name}` };
}

export function agentSchema(name: string): Doc {
  return reference(AGENT + name);
}

export function hanseSchema(name: string): Doc {
  return reference(HANSE + name);
}

/** JSON Schema says of every integer that it is a safe one, and of every map that its keys are strings: no news to anyone. */
function shorten(schema: Doc): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if ((schema.propertyNames as Doc | undefined)?.type === "string") delete schema.propertyNames;
}

export function ownSchemas(): Doc {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(OWN)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: (id) => reference(id).$ref as string,
    override: ({ jsonSchema }) => shorten(jsonSchema as Doc),
  });
  const named = Object.entries(schemas).map(
    ([id, { $schema: _dialect, $id: _uri, ...schema }]) => [id, schema] as const,
  );
  return { ...Object.fromEntries(named), ...GENERIC };
}
