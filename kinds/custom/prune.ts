// Takes out of a custom resource what its schema does not name (apiextensions-apiserver pkg/apiserver/schema/pruning). apiVersion, kind and
// metadata stay, at the root and in embedded resources; metadata is decoded like any other object's, not here.
import type { JsonObject, JsonValue } from "../object.ts";
import { asRoot, isObject, type JsonSchema, META_FIELDS, own, valuesOf } from "./jsonschema.ts";

/** In place. Answers with the dotted paths of what went, sorted: what fieldValidation speaks of. */
export function prune(object: JsonObject, schema: JsonSchema): string[] {
  return pruneBy(object, schema, true);
}

export function pruneBy(value: JsonValue, schema: JsonSchema, root: boolean): string[] {
  const gone: string[] = [];
  pruneValue(value, root ? asRoot(schema) : schema, "", gone);
  return gone.sort();
}

const below = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function pruneValue(value: JsonValue, schema: JsonSchema | undefined, path: string, gone: string[]): void {
  const keeps = schema?.["x-kubernetes-preserve-unknown-fields"] === true;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const at = `${path}[${index}]`;
      // Below a list whose unknown fields are kept, its items are pruned only where their own schema names something.
      if (keeps) keepValue(item, schema.items, at, gone);
      else pruneValue(item, schema?.items, at, gone);
    }
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (schema?.["x-kubernetes-embedded-resource"] && META_FIELDS.has(key)) continue;
      const at = below(path, key);
      const field = own(schema?.properties, key);
      if (field !== undefined) pruneValue(value[key]!, field, at, gone);
      else if (schema?.additionalProperties !== undefined) pruneValue(value[key]!, valuesOf(schema), at, gone);
      else if (!keeps) {
        if (!META_FIELDS.has(key) || path !== "") gone.push(at);
        delete value[key];
      }
    }
  }
}

/** Fields without a schema are kept, and all in them. */
function keepValue(value: JsonValue, schema: JsonSchema | undefined, path: string, gone: string[]): void {
  if (schema !== undefined) pruneValue(value, { ...schema, "x-kubernetes-preserve-unknown-fields": true }, path, gone);
}
