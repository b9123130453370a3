// Strict JSON for request bodies: the value, and which keys stood twice (JSON.parse keeps the last silently, kube-apiserver warns
// or refuses). Errors are worded as Go's scanner words them, since wire quotes them to clients. Refuses nesting deeper than MAX_DEPTH.
import type { JsonValue } from "../../kinds/object.ts";
import { syntaxError } from "./jsonerror.ts";

export type ParsedJson =
  | {
      ok: true;
      value: JsonValue;
      /** Paths of repeated keys in upstream's spelling, "data.a", "spec.ports[0].name"; each once. */
      duplicates: string[];
    }
  /** Go's words: "unexpected end of JSON input", "invalid character 'x' after top-level value". */
  | { ok: false; message: string };

/** Upstream allows 10,000; nothing that a schema describes comes near, and recursion over untyped parts stays safe at this. */
export const MAX_DEPTH = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Index of the quote that ends the string whose opening quote is at `start`. The text is known to be valid JSON. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
}

/** How many keys the text spells out and how deep it nests, without building anything. */
function measure(text: string): { keys: number; depth: number } {
  let keys = 0;
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === COLON) keys++;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) deepest = Math.max(deepest, ++depth);
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
  }
  return { keys, depth: deepest };
}

function countKeys(value: JsonValue): number {
  if (value === null || typeof value !== "object") return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else {
    for (const key in value) count += 1 + countKeys(value[key]!);
  }
  return count;
}

interface Level {
  path: string;
  /** Keys seen; absent in arrays. */
  seen?: Set<string>;
  /** The next string is a key. */
  key: boolean;
  /** Path of the value that comes next. */
  next: string;
  index: number;
}

/** Only called when something is repeated. The text is known to be valid JSON. */
function findDuplicates(text: string): string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  for (let index = 0; index < text.length; index++) {
    const level = levels.at(-1);
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = endOfString(text, index);
      if (level?.seen && level.key) {
        const key = JSON.parse(text.slice(index, end + 1)) as string;
        level.next = level.path === "" ? key : `${level.path}.${key}`;
        level.key = false;
        if (level.seen.has(key)) found.add(level.next);
        level.seen.add(key);
      }
      index = end;
    } else if (code === OPEN_OBJECT) {
      const path = level?.next ?? "";
      levels.push({ path, next: path, index: 0, key: true, seen: new Set() });
    } else if (code === OPEN_ARRAY) {
      const path = level?.next ?? "";
      levels.push({ path, next: `${path}[0]`, index: 0, key: false });
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) levels.pop();
    else if (code === COMMA && level) {
      if (level.seen) level.key = true;
      else level.next = `${level.path}[${++level.index}]`;
    }
  }
  return [...found];
}

export function parseJson(text: string): ParsedJson {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { ok: false, message: syntaxError(text, MAX_DEPTH) };
  }
  const { keys, depth } = measure(text);
  if (depth > MAX_DEPTH) return { ok: false, message: syntaxError(text, MAX_DEPTH) };
  return { ok: true, value, duplicates: keys === countKeys(value) ? [] : findDuplicates(text) };
}

/** What kube-apiserver quotes of a body it could not recognise (apiserver endpoints/handlers/rest.go summarizeData, 30 bytes). */
export function summarizeBody(body: Uint8Array): string {
  if (body.length === 0) return "<empty>";
  const head = [...body.subarray(0, 30)];
  const more = body.length > 30 ? " ..." : "";
  const object = head[0] === OPEN_OBJECT;
  return head.map((byte) => (object ? String.fromCharCode(byte) : byte.toString(16).padStart(2, "0"))).join("") + more;
}
