// Plain HTTP(S) with connections kept alive: the agent's only way out, to its member and to the federation. Promises: every answer is bounded in
// size and time; what did not get an answer throws Unreachable, what did is returned, whatever its status. node:https rather than
// fetch: undici's pools cost memory that an agent at rest must not have.
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface Endpoint {
  /** May carry a path prefix. */
  url: URL;
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  insecure?: boolean;
}

export interface Outgoing {
  method: string;
  /** From the endpoint's prefix on: "/api/v1/pods?limit=1". */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** For the whole answer; for a stream: until its head. Default 30 s. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
  /** From Retry-After, when there is one. */
  retryAfterMs?: number;
}

export interface Stream extends Answer {
  /** Of a 200: its lines, for ever; ends when the server ends it. */
  lines?: AsyncGenerator<string>;
}

export interface Http {
  send(outgoing: Outgoing): Promise<Answer>;
  /** Answers with `text` unless the status is 200. `idleMs`: a stream silent for longer is cut off. */
  stream(outgoing: Outgoing, idleMs: number): Promise<Stream>;
  close(): void;
}

/** No answer: down, slow, cut off. The request may or may not have been carried out. */
export class Unreachable extends Error {
  override name = "Unreachable";
  /** Something answered, but with a certificate that the given CA did not sign, or for another name. */
  readonly untrusted: boolean;
  constructor(message: string, code = "") {
    super(message);
    this.untrusted = UNTRUSTED.test(code);
  }
}

/** Codes of Node's TLS for a certificate it refuses (X509_V_ERR_… by another name). */
const UNTRUSTED =
  /^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|(DEPTH_ZERO_)?SELF_SIGNED_CERT(_IN_CHAIN)?|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

const TIMEOUT_MS = 30_000;
/** A list page of 500 objects of the largest sort still fits. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** etcd holds objects of up to 1.5 MiB; managedFields may double that in JSON. */
const MAX_LINE_CHARS = 8 * 1024 * 1024;

export function openHttp(endpoint: Endpoint, options: { maxSockets?: number } = {}): Http {
  const secure = endpoint.url.protocol === "https:";
  const { ca, cert, key, servername } = endpoint;
  const settings = { keepAlive: true, scheduling: "lifo" as const, maxFreeSockets: 8, noDelay: true };
  const tls = { ca, cert, key, servername, rejectUnauthorized: endpoint.insecure !== true, maxCachedSessions: 4 };
  const pool = (maxSockets: number) =>
    secure ? new HttpsAgent({ ...settings, ...tls, maxSockets }) : new HttpAgent({ ...settings, maxSockets });
  const calls = pool(options.maxSockets ?? 16);
  // Streams hold their sockets: of their own, so that they never starve the calls.
  const streams = pool(Infinity);
  const prefix = endpoint.url.pathname.replace(/\/$/, "");

  function open(outgoing: Outgoing, agent: HttpAgent | HttpsAgent, again: boolean): Promise<IncomingMessage> {
    const { method, path, headers = {}, body, signal } = outgoing;
    const sent: Record<string, string | number> = {
      accept: "application/json",
      "user-agent": "hanse-agent",
      ...headers,
    };
    if (body !== undefined) sent["content-length"] = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      const start = secure ? httpsRequest : httpRequest;
      const { hostname, port, protocol } = endpoint.url;
      const host = hostname.replace(/^\[|\]$/g, "");
      const request = start(
        { protocol, hostname: host, port, method, path: prefix + path, headers: sent, agent, signal },
        resolve,
      );
      request.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed a kept connection just as it was used again: nothing was read there, so once more on a new one.
        const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE") && !again;
        if (stale && signal?.aborted !== true) open(outgoing, agent, true).then(resolve, reject);
        else
          reject(new Unreachable(`${method} ${endpoint.url.host}${path.split("?")[0]}: ${error.message}`, error.code));
      });
      request.end(body);
    });
  }

  /** An AbortSignal that follows `outgoing.signal` and the clock; `free` lets go of both. */
  function deadline(outgoing: Outgoing): { signal: AbortSignal; free(): void } {
    const end = new AbortController();
    const stop = () => end.abort();
    const timer = setTimeout(stop, outgoing.timeoutMs ?? TIMEOUT_MS);
    outgoing.signal?.addEventListener("abort", stop, { once: true });
    if (outgoing.signal?.aborted === true) stop();
    const free = () => {
      clearTimeout(timer);
      outgoing.signal?.removeEventListener("abort", stop);
    };
    return { signal: end.signal, free };
  }

  return {
    async send(outgoing) {
      const limit = deadline(outgoing);
      try {
        const response = await open({ ...outgoing, signal: limit.signal }, calls, false);
        return { ...head(response), text: await readAll(response) };
      } finally {
        limit.free();
      }
    },
    async stream(outgoing, idleMs) {
      const limit = deadline(outgoing);
      let response: IncomingMessage;
      try {
        response = await open({ ...outgoing, signal: limit.signal }, streams, false);
        if (response.statusCode !== 200) return { ...head(response), text: await readAll(response) };
      } finally {
        limit.free();
      }
      return { ...head(response), text: "", lines: readLines(response, idleMs, outgoing.signal) };
    },
    close() {
      calls.destroy();
      streams.destroy();
    },
  };
}

function head(response: IncomingMessage): { status: number; retryAfterMs?: number } {
  const seconds = Number(response.headers["retry-after"]);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 60) * 1000 : undefined;
  return { status: response.statusCode ?? 0, retryAfterMs };
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error(`an answer longer than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw new Unreachable((error as Error).message);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function* readLines(response: IncomingMessage, idleMs: number, signal?: AbortSignal): AsyncGenerator<string> {
  const stop = () => response.destroy();
  signal?.addEventListener("abort", stop, { once: true });
  response.socket.setTimeout(idleMs, stop);
  response.setEncoding("utf8");
  let rest = "";
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      rest += chunk;
      let from = 0;
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", from)) {
        if (end > from) yield rest.slice(from, end);
        from = end + 1;
      }
      rest = rest.slice(from);
      if (rest.length > MAX_LINE_CHARS) throw new Error(`a line longer than ${MAX_LINE_CHARS} characters`);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw new Unreachable((error as Error).message);
  } finally {
    signal?.removeEventListener("abort", stop);
    response.destroy();
  }
}
