// WebSockets on Node: the handshake and the frames are the ws library's. Whatever else wants to upgrade is answered as a plain request.
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { isWatchSocket, readHandshake, sendLines } from "./wire/websocket.ts";

/** Watchers have nothing to say. */
const MAX_MESSAGE_BYTES = 1024;

type Fetch = (request: Request) => Promise<Response>;

/** A listener for the server's "upgrade" event. */
export function upgradeListener(fetch: Fetch): (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered].find((one) => !one.startsWith("base64url.bearer.")) ?? false,
  });
  return (incoming, socket, head) => {
    socket.on("error", () => socket.destroy());
    const ended = new AbortController();
    socket.once("close", () => ended.abort());
    let asked: Request;
    try {
      asked = requestOf(incoming);
    } catch {
      // A method or a header that no Request can have.
      return void socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    }
    const handshake = isWatchSocket(asked) ? readHandshake(asked) : { request: withoutUpgrade(asked) };
    const answer = handshake instanceof Response ? Promise.resolve(handshake) : fetch(handshake.request);
    answer
      .then(async (response) => {
        if (handshake instanceof Response || !isWatchSocket(asked) || response.status !== 200 || response.body === null)
          return await sendPlain(incoming, socket, response);
        server.handleUpgrade(incoming, socket, head, (opened) => void pump(opened, response.body!, ended.signal));
      })
      .catch(() => socket.destroy());
  };
}

async function pump(opened: WebSocket, body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
  const send = (line: string): Promise<void> =>
    new Promise((resolve, reject) => opened.send(line, (error) => (error ? reject(error) : resolve())));
  opened.on("error", () => opened.terminate());
  await sendLines(body, send, signal).catch(() => {});
  opened.close(1000);
}

function requestOf(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2)
    headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string);
  return new Request(`https://${incoming.headers.host ?? "localhost"}${incoming.url ?? "/"}`, {
    method: incoming.method ?? "GET",
    headers,
  });
}

function withoutUpgrade(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete("upgrade");
  return new Request(request.url, { method: request.method, headers });
}

async function sendPlain(incoming: IncomingMessage, socket: Duplex, answer: Response): Promise<void> {
  const response = new ServerResponse(incoming);
  response.assignSocket(socket as never);
  response.shouldKeepAlive = false;
  response.writeHead(answer.status, [...answer.headers].flat());
  if (answer.body !== null)
    for await (const chunk of answer.body)
      if (!response.write(chunk)) await new Promise((room) => response.once("drain", room));
  response.end(() => socket.end());
}
