// GET …?watch=true: changes as one JSON event a line, in log order (P1: the store's watch neither misses, doubles nor reorders; this
// file only filters). A version behind compaction is answered with 200 and one ERROR event (410 Expired), as the watch cache does.
//
//   no version / "0"          state as ADDED, then live         sendInitialEvents   state as ADDED, BOOKMARK initial-events-end, then live
//   version N                 what came after N, then live
//
// A bookmark never carries a version that an unsent event of this watch could precede: only the version of the last whole batch.
import { encodeWatchFrame, protobufOf } from "../../core/codec/protoencode.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Batch, Event } from "../store/store.ts";
import { storedResource } from "./convert.ts";
import { type Exchange, apiVersionOf, headersOf } from "./exchange.ts";
import { find } from "./list.ts";
import { type ListOptions, exactField, selects } from "./listoptions.ts";
import { parseRow, withVersion } from "./splice.ts";
import { invalidVersion, statusOf } from "./status.ts";
import { metadataOnly, tableOf } from "./table.ts";
import { atLeast, versionError } from "./version.ts";

const encoder = new TextEncoder();
const BOOKMARK_SECONDS = 30;
/** Upstream's --min-request-timeout: a watch without timeoutSeconds ends after one to two times this. */
const DEFAULT_SECONDS = 1800;
/** Event lines gathered into one chunk of the initial state. */
const CHUNK = 200;

type Type = "ADDED" | "MODIFIED" | "DELETED";

/** Lines of unfiltered plain events, shared by all watchers that the store hands the same event. */
const lines = new WeakMap<Event, Uint8Array>();

class Writer {
  private readonly x: Exchange;
  private first = true;
  constructor(x: Exchange) {
    this.x = x;
  }

  /** What goes onto the stream for lines of events. */
  bytes(text: string): Uint8Array {
    return this.x.output.format === "protobuf" ? frames(text) : encoder.encode(text);
  }

  event(type: Type, value: string, version: number): string {
    if (this.x.output.as === undefined) return `{"type":"${type}","object":${withVersion(value, version)}}\n`;
    return `{"type":"${type}","object":${this.convert(value, version)}}\n`;
  }

  bookmark(version: number, initialEnd: boolean): string {
    const { kind } = this.x.target;
    const notes = initialEnd ? ',"annotations":{"k8s.io/initial-events-end":"true"}' : "";
    const head = `{"kind":"${kind.kind}","apiVersion":"${apiVersionOf(kind)}","metadata":{`;
    const creation = '"creationTimestamp":null';
    const text = `${head}${creation}${notes}}}`;
    const object = this.x.output.as === undefined ? withVersion(text, version) : this.convert(text, version);
    return `{"type":"BOOKMARK","object":${object}}\n`;
  }

  private convert(value: string, version: number): string {
    const object = parseRow(value, version);
    if (this.x.output.as !== "Table")
      return JSON.stringify(metadataOnly(this.x.target.kind, object, this.x.output.metaVersion));
    const table = tableOf(this.x, [object], { resourceVersion: String(version) });
    // Clients keep the first event's columns (kubectl get -w); later ones come without.
    if (!this.first) table.columnDefinitions = null;
    this.first = false;
    return JSON.stringify(table);
  }
}

/** The same events for those who read nothing but protobuf: rare, so made from the lines. */
function frames(text: string): Uint8Array {
  const made = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { type, object } = JSON.parse(line) as { type: string; object: KubeObject };
      return encodeWatchFrame(type, protobufOf(object));
    });
  const bytes = new Uint8Array(made.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of made) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

/** What a watcher with selectors sees of an event: objects that begin to match are ADDED, those that cease to are DELETED. */
function filtered(o: ListOptions, event: Event): { type: Type; value: string } | undefined {
  const now = event.type !== "DELETED" && selects(o, parseRow(event.value, event.version));
  if (event.type === "ADDED") return now ? { type: "ADDED", value: event.value } : undefined;
  const state = event.type === "DELETED" ? event.value : event.previous;
  const before = state !== undefined && selects(o, parseRow(state, event.version));
  if (now) return { type: before ? "MODIFIED" : "ADDED", value: event.value };
  return before ? { type: "DELETED", value: state } : undefined;
}

function encode(x: Exchange, o: ListOptions, writer: Writer, event: Event): Uint8Array | undefined {
  if (!o.selective && x.output.as === undefined && x.output.format === "json") {
    let line = lines.get(event);
    if (line === undefined) {
      line = encoder.encode(writer.event(event.type, event.value, event.version));
      lines.set(event, line);
    }
    return line;
  }
  if (!o.selective) return writer.bytes(writer.event(event.type, event.value, event.version));
  const seen = filtered(o, event);
  return seen && writer.bytes(writer.event(seen.type, seen.value, event.version));
}

/** The state to begin with, as rows, and the version after which live events are wanted. */
async function beginning(x: Exchange, o: ListOptions) {
  const asked = o.resourceVersion;
  const bad = asked === "" ? undefined : versionError(asked);
  if (bad !== undefined) throw invalidVersion(asked, bad);
  const from = asked === "" ? 0 : Number(asked);
  const wantsState = o.sendInitialEvents ?? from === 0;
  if (!wantsState && from > 0) return { rows: [], from };
  if (from > 0) await atLeast(x.reader, from);
  if (!wantsState) return { rows: [], from: await x.reader.version() };
  const found = await find(x, { ...o, resourceVersion: "", match: "", limit: 0, continue: "" });
  return { rows: found.rows, from: found.version };
}

export async function watch(x: Exchange, o: ListOptions): Promise<Response> {
  const { kind, namespace } = x.target;
  const start = await beginning(x, o);
  const writer = new Writer(x);
  const stop = new AbortController();
  if (x.request.signal.aborted) stop.abort();
  x.request.signal.addEventListener("abort", () => stop.abort(), { once: true });
  const select = {
    resource: storedResource(kind),
    namespace: (kind.namespaced && (namespace || exactField(o, "metadata.namespace"))) || undefined,
    name: exactField(o, "metadata.name"),
  };
  const batches = x.reader.watch({ from: start.from, select: [select], signal: stop.signal })[Symbol.asyncIterator]();
  /** Everything selected at or below this was enqueued. */
  let delivered = start.from;
  let bookmarked = start.from;
  let bookmarks: ReturnType<typeof setInterval> | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let pending = start.rows.values();
  let initial = true;

  const finish = (): void => {
    clearInterval(bookmarks);
    clearTimeout(deadline);
    stop.abort();
  };

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const mark = (): void => {
        // Also when nothing moved: a stream that stays silent is cut by proxies. Not while the reader is behind.
        if (initial || (controller.desiredSize ?? 0) <= 0) return;
        bookmarked = delivered;
        controller.enqueue(writer.bytes(writer.bookmark(delivered, false)));
      };
      if (o.bookmarks) bookmarks = setInterval(mark, (x.options.limits?.bookmarkSeconds ?? BOOKMARK_SECONDS) * 1000);
      const seconds = o.timeoutSeconds || DEFAULT_SECONDS * (1 + x.options.random());
      deadline = setTimeout(() => {
        if (o.bookmarks && delivered > bookmarked) mark();
        stop.abort();
      }, seconds * 1000);
    },
    async pull(controller) {
      if (initial) {
        const chunk: string[] = [];
        for (const row of pending) {
          chunk.push(writer.event("ADDED", row.value, row.version));
          if (chunk.length >= CHUNK) break;
        }
        if (chunk.length < CHUNK) {
          initial = false;
          pending = [].values();
          if (o.sendInitialEvents === true && o.bookmarks) chunk.push(writer.bookmark(start.from, true));
        }
        if (chunk.length > 0) return controller.enqueue(writer.bytes(chunk.join("")));
      }
      for (;;) {
        let next: IteratorResult<Batch>;
        try {
          next = await batches.next();
        } catch (error) {
          const status = statusOf(error);
          controller.enqueue(writer.bytes(`${JSON.stringify({ type: "ERROR", object: status })}\n`));
          next = { done: true, value: undefined };
        }
        if (next.done) {
          finish();
          return controller.close();
        }
        let sent = false;
        for (const event of next.value.events) {
          const line = encode(x, o, writer, event);
          if (line === undefined) continue;
          controller.enqueue(line);
          sent = true;
        }
        delivered = Math.max(delivered, next.value.version);
        if (sent) return;
      }
    },
    cancel: finish,
  });
  return new Response(body, {
    status: 200,
    headers: headersOf(
      x,
      x.output.format === "protobuf" ? "application/vnd.kubernetes.protobuf;stream=watch" : "application/json",
    ),
  });
}
