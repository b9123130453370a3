// How a custom kind stands in the published documents: the schema of its definition, with what every object has (apiextensions-apiserver
// pkg/controller/openapi/builder). Places inside are written out, not referred to.
import type { Kind } from "../../../kinds/kind.ts";

type Doc = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** The definition of a custom kind, or of its list, by name; undefined: of neither. `use` answers a reference to a definition. */
export function customDefinition(
  kinds: readonly Kind[],
  definition: string,
  use: (definition: string) => Doc,
): Doc | undefined {
  for (const kind of kinds) {
    if (kind.structural === undefined) continue;
    if (definition === kind.schema) return objectDefinition(kind, use);
    if (definition === `${kind.schema}List`) return listDefinition(kind, use);
  }
  return undefined;
}

const TYPE_META: Doc = { apiVersion: { type: "string" }, kind: { type: "string" } };

function objectDefinition({ structural, group, version, kind }: Kind, use: (definition: string) => Doc): Doc {
  const { props } = structural!;
  const properties = { ...props.properties, ...TYPE_META, metadata: { allOf: [use(`${META}ObjectMeta`)] } };
  return { ...props, type: "object", properties, "x-kubernetes-group-version-kind": [{ group, version, kind }] };
}

function listDefinition({ structural, schema, group, version }: Kind, use: (definition: string) => Doc): Doc {
  return {
    type: "object",
    required: ["items"],
    properties: {
      ...TYPE_META,
      items: { type: "array", items: use(schema) },
      metadata: { allOf: [use(`${META}ListMeta`)] },
    },
    "x-kubernetes-group-version-kind": [{ group, version, kind: structural!.listKind }],
  };
}
