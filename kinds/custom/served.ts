// From the CustomResourceDefinitions that are there to the kinds that are served: the built-in ones and those that are established. A definition
// that did not change keeps its kinds, and a list that did not change stays the same array.
import type { Kind } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { customKinds } from "./kinds.ts";

export interface DefinitionRow {
  name: string;
  version: number;
  value: string;
}

interface Condition {
  type: string;
  status: string;
}

function isEstablished({ status }: KubeObject): boolean {
  return ((status?.conditions ?? []) as Condition[]).some(
    (condition) => condition.type === "Established" && condition.status === "True",
  );
}

/** `told`: of a definition that cannot be read; it is not served. */
export function createServed(
  builtIn: readonly Kind[],
  told: (name: string, error: unknown) => void = () => undefined,
): (definitions: Iterable<DefinitionRow>) => readonly Kind[] {
  let known = new Map<string, { said: string; kinds: readonly Kind[] }>();
  let all = builtIn;
  return (definitions) => {
    const next: typeof known = new Map();
    for (const { name, value } of definitions) {
      const object = JSON.parse(value) as KubeObject;
      if (!isEstablished(object)) continue;
      // Its status tells more than what is served: conditions come and go.
      const { spec, status, metadata } = object;
      const said = JSON.stringify([metadata.uid, metadata.deletionTimestamp !== undefined, spec, status.acceptedNames]);
      const before = known.get(name);
      if (before?.said === said) next.set(name, before);
      else {
        try {
          next.set(name, { said, kinds: customKinds(object) });
        } catch (error) {
          told(name, error);
        }
      }
    }
    const same = next.size === known.size && [...next].every(([name, made]) => known.get(name) === made);
    known = next;
    if (!same) all = known.size === 0 ? builtIn : [...builtIn, ...[...known.values()].flatMap(({ kinds }) => kinds)];
    return all;
  };
}
