// Moving from client-side to server-side apply with kubectl: the annotation that client-side apply leaves allows kubectl to take the
// fields it names without a conflict, and is kept in step afterwards. Only for the manager "kubectl"
// (apimachinery pkg/util/managedfields/internal/lastappliedmanager.go, lastappliedupdater.go).
import type { JsonObject, JsonValue, KubeObject } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { isMap } from "../value.ts";
import { compare } from "./compare.ts";
import { goJson } from "./element.ts";
import { difference, type FieldSet, union } from "./fieldset.ts";
import { fieldSetOf } from "./toset.ts";
import { tracked } from "./update.ts";
import { configErrors } from "./validate.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
/** apimachinery api/validation TotalAnnotationSizeLimitB. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Fields that the annotation sets to the value they still have; undefined without a usable annotation. */
export function clientSideFields(live: KubeObject, apiVersion: string, schema: Schema): FieldSet | undefined {
  const text = live.metadata.annotations?.[ANNOTATION];
  if (!text) return undefined;
  let applied: JsonValue;
  try {
    applied = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  if (!isMap(applied) || applied.apiVersion !== apiVersion || configErrors(applied, schema) !== undefined)
    return undefined;
  const { added, modified, removed } = compare(applied, tracked(live), schema);
  return difference(fieldSetOf(applied, schema), union(union(added, modified), removed));
}

/** The object with the annotation showing the configuration just applied, where there is one; gone when it would be too long. */
export function syncAnnotation(object: KubeObject, config: KubeObject): KubeObject {
  const known = object.metadata.annotations?.[ANNOTATION];
  if (!known) return object;
  const text = `${sorted(withoutAnnotation(config))}\n`;
  if (text === known) return object;
  const annotations: Record<string, string> = { ...object.metadata.annotations, [ANNOTATION]: text };
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) bytes += utf8Length(key) + utf8Length(value);
  if (bytes > MAX_ANNOTATION_BYTES) delete annotations[ANNOTATION];
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function withoutAnnotation(config: KubeObject): JsonValue {
  if (config.metadata.annotations?.[ANNOTATION] === undefined) return config as unknown as JsonValue;
  const { [ANNOTATION]: _, ...annotations } = config.metadata.annotations;
  return { ...config, metadata: { ...config.metadata, annotations } } as unknown as JsonValue;
}

/** JSON with sorted keys, as Go writes maps. */
function sorted(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`;
  if (!isMap(value)) return goJson(value);
  const map: JsonObject = value;
  return `{${Object.keys(map)
    .sort()
    .map((key) => `${goJson(key)}:${sorted(map[key]!)}`)
    .join(",")}}`;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
