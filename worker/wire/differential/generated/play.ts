// Plays one generated sequence on both sides, in a fresh namespace, with a watch open from its start; tells the first difference.
import { acceptedAnywhere } from "../accepted.ts";
import type { Loose } from "../../../../kinds/object.ts";
import { type Received, type Send, type Sent, type Difference, differ, masked, parsed } from "../run.ts";
import { merge } from "./merge.ts";
import type { World } from "./world.ts";

export interface Side {
  send: Send;
  watch(path: string, headers?: Sent["headers"]): AsyncIterable<Uint8Array>;
}

export interface Sequence {
  world: World;
  steps: readonly Sent[];
  /** How the watch is asked for. */
  watched: { query: string; accept: string };
}

/** What one side has answered so far. */
interface Memory {
  first: Map<string, Loose>;
  last: Map<string, Loose>;
  continue: string;
}

function remember(memory: Memory, { body }: Received, kind: string): void {
  if (typeof body?.metadata?.continue === "string") memory.continue = body.metadata.continue;
  if (body?.kind !== kind || !body.metadata?.resourceVersion) return;
  const { name } = body.metadata;
  if (!memory.first.has(name)) memory.first.set(name, body);
  memory.last.set(name, body);
}

function settled(sent: Sent, memory: Memory, ns: string): Sent {
  const target = sent.path.match(/\/([abc])(?:[/?]|$)/)?.[1] ?? sent.body?.["metadata"]?.name ?? "a";
  const fill = (value: Loose): Loose => {
    if (typeof value === "string" && value.startsWith("$")) {
      const seen = (value === "$old" ? memory.first : memory.last).get(target)?.metadata;
      if (value === "$rv" || value === "$old") return seen?.resourceVersion ?? "1";
      if (value === "$uid") return seen?.uid ?? "33333333-0000-4000-8000-000000000001";
      return value;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(fill);
    if ("$of" in value) return merge(memory.last.get(value.$of) ?? { metadata: { name: value.$of } }, value.with);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  return {
    ...sent,
    path: sent.path.replace("{ns}", ns).replace("$continue", encodeURIComponent(memory.continue)),
    body: fill(sent.body),
  };
}

/** Events up to the sentinel's. */
async function eventsOf(stream: AsyncIterable<Uint8Array>, sentinel: string): Promise<Loose[]> {
  const events: Loose[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) {
      const event = parsed(line) as Loose;
      events.push(event);
      if (line.includes(sentinel) && event.type === "ADDED") return events;
      if (event.type === "ERROR") return events;
    }
  }
  return events;
}

const accepted = (sequence: Sequence, difference: Difference): boolean =>
  acceptedAnywhere.some(({ kind = sequence.world.kind, is }) => kind === sequence.world.kind && is(difference));

export interface Played {
  requests: number;
  difference?: Difference & { index: number };
}

const SENTINEL = "zz-end";

export async function play(sequence: Sequence, sides: readonly [Side, Side], ns: string): Promise<Played> {
  const { world, steps, watched: asked } = sequence;
  const all = `${world.apiVersion === "v1" ? "/api/v1" : `/apis/${world.apiVersion}`}/namespaces/${ns}/${world.resource}`;
  const both = <T>(run: (side: Side, index: 0 | 1) => Promise<T>): Promise<[T, T]> =>
    Promise.all([run(sides[0], 0), run(sides[1], 1)]);
  await both((side) => side.send({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: ns } } }));
  const memories = [0, 1].map((): Memory => ({ first: new Map(), last: new Map(), continue: "" }));
  const start = await both((side) => side.send({ method: "GET", path: all }));
  const streams = sides.map((side, index) =>
    eventsOf(
      side.watch(
        `${all}?watch=true&timeoutSeconds=60&resourceVersion=${start[index as 0 | 1].body.metadata.resourceVersion}${asked.query}`,
        { accept: asked.accept },
      ),
      SENTINEL,
    ),
  );
  // When a request fails below nobody reads them to their end.
  for (const stream of streams) stream.catch(() => undefined);
  let requests = 0;
  let difference: Played["difference"];
  for (const [index, step] of steps.entries()) {
    const [a, b] = await both((side, at) => side.send(settled(step, memories[at] as Memory, ns)));
    requests++;
    const found = differ("", a, b).find((one) => !accepted(sequence, one));
    if (found !== undefined) {
      const why = ({ status, body }: Received): unknown => [status, body?.message];
      const shown = found.what === "status" ? { real: why(a), ours: why(b) } : {};
      difference = { ...found, ...shown, step: `${step.method} ${step.path}`, index };
      break;
    }
    remember(memories[0] as Memory, a, world.kind);
    remember(memories[1] as Memory, b, world.kind);
  }
  const end = merge(world.base, { metadata: { name: SENTINEL, labels: { x: "y" } } });
  const ends = await both((side) => side.send({ method: "POST", path: all, body: end }));
  if (ends.some((r) => r.status !== 201)) throw new Error(`sentinel: ${JSON.stringify(ends)}`);
  const [real, ours] = (await Promise.all(streams)).map((events) => masked(events));
  requests++;
  const watched = { step: "watch", what: "body", real, ours, index: steps.length } as const;
  if (difference === undefined && JSON.stringify(real) !== JSON.stringify(ours) && !accepted(sequence, watched))
    difference = watched;
  return { requests, difference };
}
