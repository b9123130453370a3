// Decoding of custom resources: nothing but metadata has a Go type, so nothing is refused here for its type (validation does that); what the
// structural schema does not name is taken out and told, and metadata of embedded resources is cut to what ObjectMeta has.
import { type DecodedFields, decodeFields } from "../../core/codec/fields.ts";
import { coerceEmbedded } from "../../kinds/custom/embedded.ts";
import { prune } from "../../kinds/custom/prune.ts";
import type { Props } from "../../kinds/custom/props.ts";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { JsonObject } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";

let typed: Schema | undefined;

/** What every object has; the rest is open. */
function rootSchema(): Schema {
  return (typed ??= {
    type: "object",
    preserveUnknown: true,
    properties: new Map<string, Schema>([
      ["apiVersion", { type: "string" }],
      ["kind", { type: "string" }],
      ["metadata", schemaOf("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")],
    ]),
  });
}

export function decodeCustom(object: JsonObject, props: Props, duplicates: readonly string[]): DecodedFields {
  const decoded = decodeFields(object, rootSchema(), duplicates);
  // It is decoded by itself there.
  if (!decoded.ok) return { ...decoded, message: decoded.message.replace("ObjectMeta.metadata.", "ObjectMeta.") };
  const pruned = prune(object, props);
  const { gone, error } = coerceEmbedded(object, props);
  if (error !== undefined) return { ok: false, message: `${error.field}: ${error.message}` };
  const unknown = [...pruned, ...gone].map((path) => `unknown field ${JSON.stringify(path)}`);
  return { ok: true, strict: [...decoded.strict, ...unknown] };
}
