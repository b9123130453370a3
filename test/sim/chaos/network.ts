// The wires of a simulation: requests to an application in the same process, with a line between that loses, delays and cuts. A lost request
// never arrived; a lost answer did its work; nobody can tell them apart (P2, P5). A line whose end was killed says nothing ever again.
import { type Answer, type Http, type Outgoing, type Stream, Unreachable } from "../../../agents/http.ts";
import { pause } from "../../../agents/pause.ts";

export type Handler = (request: Request) => Promise<Response>;

export interface Line {
  /** No request gets through, open streams end. */
  cut: boolean;
  /** Out of a hundred requests so many are lost, or their answers. */
  lossPercent: number;
  /** Longest time in milliseconds on the way. */
  delayMs: number;
  /** The client was killed: whatever it asked never comes back to it. */
  dead: boolean;
  /** [0, most). */
  random(most: number): number;
  /** Streams that are open, to be cut. */
  streams: Set<() => void>;
  /** Told of every request that changes something and arrived. */
  wrote?(method: string, path: string, status: number): void;
}

export function cutLine(line: Line, cut: boolean): void {
  line.cut = cut;
  if (cut) for (const end of line.streams) end();
}

const never = (): Promise<never> => new Promise(() => {});
const FOREVER = new AbortController().signal;

export function httpOver(line: Line, base: string, handle: Handler): Http {
  async function send(outgoing: Outgoing): Promise<{ response: Response; end: AbortController }> {
    const { method, path, headers = {}, body, signal } = outgoing;
    const end = new AbortController();
    const stop = (): void => end.abort();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) throw new Unreachable("aborted");
    if (line.delayMs > 0) await pause(line.random(line.delayMs), FOREVER);
    if (line.dead) return never();
    if (line.cut || line.random(100) < line.lossPercent / 2) throw new Unreachable(`${method} ${path}: lost`);
    const timer = setTimeout(stop, outgoing.timeoutMs ?? 30_000);
    const init = { method, headers, signal: end.signal, ...(body === undefined ? {} : { body }) };
    const aborted = new Promise<never>((_, reject) => {
      end.signal.addEventListener("abort", () => reject(new Unreachable(`${method} ${path}: timed out`)), {
        once: true,
      });
    });
    try {
      const response = await Promise.race([handle(new Request(base + path, init)), aborted]);
      if (method !== "GET") line.wrote?.(method, path, response.status);
      if (line.dead) return never();
      if (line.cut || line.random(100) < line.lossPercent / 2) {
        stop();
        throw new Unreachable(`${method} ${path}: no answer`);
      }
      return { response, end };
    } finally {
      clearTimeout(timer);
    }
  }

  const headOf = (response: Response): { status: number; retryAfterMs?: number } => {
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return { status: response.status, ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}) };
  };

  return {
    async send(outgoing): Promise<Answer> {
      const { response } = await send(outgoing);
      const text = await response.text();
      return line.dead ? never() : { ...headOf(response), text };
    },
    async stream(outgoing): Promise<Stream> {
      const { response, end } = await send(outgoing);
      if (response.status !== 200) return { ...headOf(response), text: await response.text() };
      return { ...headOf(response), text: "", lines: linesOf(response, end, line) };
    },
    close() {},
  };
}

async function* linesOf(response: Response, end: AbortController, line: Line): AsyncGenerator<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let over = false;
  const stop = (): void => {
    over = true;
    end.abort();
    void reader.cancel().catch(() => {});
  };
  line.streams.add(stop);
  end.signal.addEventListener("abort", stop, { once: true });
  let rest = "";
  try {
    while (!over) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (line.dead) await never();
      if (done || value === undefined) return;
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part !== "") yield part;
    }
  } finally {
    line.streams.delete(stop);
    stop();
  }
}
