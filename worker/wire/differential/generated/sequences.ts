// Whole sequences of one world each.
import { notGenerated } from "../accepted.ts";
import fc from "fast-check";
import type { Sequence } from "./play.ts";
import { requests } from "./requests.ts";
import { WORLDS } from "./world.ts";

const WATCHED = [
  { query: "", accept: "application/json" },
  { query: "&labelSelector=x%3Dy", accept: "application/json" },
  { query: "", accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" },
  { query: "&includeObject=Metadata", accept: "application/json;as=Table;v=v1;g=meta.k8s.io" },
];

export function sequences(oddly: boolean, only?: string): fc.Arbitrary<Sequence> {
  const open =
    only === undefined ? WORLDS.filter(({ kind }) => !notGenerated.some((one) => one.kind === kind)) : WORLDS;
  const worlds = open.filter((world) => only === undefined || `${world.kind}.${world.apiVersion}`.startsWith(only));
  return fc.constantFrom(...worlds).chain((world) =>
    fc.record({
      world: fc.constant(world),
      steps: fc.array(requests(world, oddly), { minLength: 1, maxLength: 30, size: "max" }),
      watched: fc.constantFrom(...WATCHED),
    }),
  );
}

/** For people: one request a line. */
export function scriptOf({ steps, watched }: Sequence): string {
  const line = ({ method, path, headers, body }: Sequence["steps"][number]): string =>
    [method, path, ...Object.values(headers ?? {}), body === undefined ? "" : JSON.stringify(body)].join(" ").trim();
  return [`watch ${watched.query} ${watched.accept}`, ...steps.map(line)].join("\n");
}
