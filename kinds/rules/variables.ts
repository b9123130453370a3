// What strings of an Override may hold of the cluster they are for: ${cluster.name}, ${cluster.labels['key']}, ${cluster.annotations['key']}.
// $${ is a plain ${. Anything else after ${ is refused when the Override is written, and again when it is followed.
import type { Loose } from "../object.ts";

interface Values {
  name: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

export type Expanded = { ok: true; text: string } | { ok: false; error: string };

const VARIABLE = /^cluster\.(?:(name)|(labels|annotations)\[(?:'([^'\]]+)'|"([^"\]]+)")\])$/;

/** Why the text cannot be read; undefined: it can. */
export function variableError(text: string): string | undefined {
  const read = expand(text, () => "");
  return read.ok ? undefined : read.error;
}

export function expandVariables(text: string, values: Values): Expanded {
  return expand(text, (map, key) => {
    if (map === "name") return values.name;
    return Object.hasOwn(values[map], key) ? values[map][key] : undefined;
  });
}

type MapName = "labels" | "annotations";

function expand(text: string, lookUp: (map: "name" | MapName, key: string) => string | undefined): Expanded {
  let result = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf("${", at);
    if (start < 0) return { ok: true, text: result + text.slice(at) };
    if (text[start - 1] === "$" && start > at) {
      result += `${text.slice(at, start - 1)}\${`;
      at = start + 2;
      continue;
    }
    const end = text.indexOf("}", start);
    if (end < 0) return { ok: false, error: `"\${" without "}" in ${JSON.stringify(text)}` };
    const variable = text.slice(start + 2, end);
    const [, name, map, single, double] = VARIABLE.exec(variable) ?? [];
    if (name === undefined && map === undefined) {
      const known = "cluster.name, cluster.labels['key'] and cluster.annotations['key']";
      return { ok: false, error: `unknown variable ${JSON.stringify(variable)}: there are ${known}` };
    }
    const key = single ?? double ?? "";
    const value = name === undefined ? lookUp(map as MapName, key) : lookUp("name", "");
    if (value === undefined)
      return { ok: false, error: `the cluster has no ${map?.slice(0, -1)} ${JSON.stringify(key)}` };
    result += text.slice(at, start) + value;
    at = end + 1;
  }
}

/** All strings in a value, not its keys. */
export function* stringsIn(value: Loose): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value)) yield* stringsIn(inner);
}
