// What autoscaling/v1 cannot say stands in annotations of its objects, as JSON that Go writes and reads (kk:pkg/apis/autoscaling/
// annotations.go). Only v1 shows them; a value that cannot be read says nothing.
import { facts } from "../facts/facts.ts";
import type { Loose, ObjectMeta } from "../object.ts";
import { canonicalQuantity, parseQuantity } from "../rules/quantity.ts";

const PREFIX = "autoscaling.alpha.kubernetes.io/";
export const METRICS = `${PREFIX}metrics`;
export const CURRENT_METRICS = `${PREFIX}current-metrics`;
export const CONDITIONS = `${PREFIX}conditions`;
export const BEHAVIOR = `${PREFIX}behavior`;
const TOLERANCES = [`${PREFIX}scale-down-tolerance`, `${PREFIX}scale-up-tolerance`];

/** Takes them off, in place: no version stores them, and v1 writes its own. */
export function dropRoundTrip(metadata: ObjectMeta): void {
  const { annotations } = metadata;
  if (annotations === undefined) return;
  for (const key of [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR, ...TOLERANCES]) delete annotations[key];
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
}

/** Go's encoding/json also escapes what HTML would take for its own. */
export function writeGoJson(value: Loose): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What the annotation holds, as a list of messages, or one; undefined: absent, no JSON, or of another type. */
export function readGoJson(text: string | undefined, definition: string, list: boolean): Loose {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text);
    if (!list) return value === null ? {} : readMessage(value, definition);
    return value === null ? [] : readList(value, (item) => readMessage(item, definition));
  } catch {
    return undefined;
  }
}

class WrongType extends Error {}

function readList(value: Loose, read: (item: Loose) => Loose): Loose {
  if (!Array.isArray(value)) throw new WrongType();
  return value.map(read);
}

/** As encoding/json decodes into a struct: names in any case, unknown ones ignored, null leaves a field alone. */
function readMessage(value: Loose, definition: string): Loose {
  if (value === null) return {};
  if (definition.endsWith(".Quantity")) return readQuantity(value);
  if (typeof value === "string" && definition.endsWith(".Time")) return value;
  if (typeof value !== "object" || Array.isArray(value)) throw new WrongType();
  const out: Loose = {};
  const types = new Map(
    (facts().messages[definition] ?? []).map((field) => {
      const [, name = "", type = ""] = field.split(" ");
      return [name.toLowerCase(), { name, type }];
    }),
  );
  for (const [key, item] of Object.entries(value)) {
    const field = types.get(key.toLowerCase());
    if (field !== undefined && item !== null) out[field.name] = readField(item, field.type);
  }
  return out;
}

function readField(value: Loose, type: string): Loose {
  if (type.startsWith("*")) return readList(value, (item) => readField(item, type.slice(1)));
  if (type.startsWith("@")) return readMessage(value, type.slice(1));
  const fits =
    type === "i" ? Number.isInteger(value) : typeof value === (type === "s" ? "string" : type === "b" ? "boolean" : "");
  if (fits || type.startsWith("%")) return value;
  throw new WrongType();
}

function readQuantity(value: Loose): Loose {
  if (typeof value === "object" || parseQuantity(value) === undefined) throw new WrongType();
  return canonicalQuantity(value);
}
