// Watches over WebSocket (RFC 6455), for browsers: the same request and the same events, one to a text message. A token may come as the
// subprotocol base64url.bearer.authorization.k8s.io.<token>, beside another one that the answer repeats (apiserver
// authentication/request/websocket). The platform upgrades; this file knows what is asked and turns a watch's lines into messages.
// Refuses (403) a handshake without Origin, as kube-apiserver does; what is no watch is answered as if nobody had asked to upgrade.

const BEARER = "base64url.bearer.authorization.k8s.io.";

export interface SocketRequest {
  /** What the app is asked: a plain watch, with the token in its usual place. */
  request: Request;
  /** The subprotocol to answer with. */
  protocol?: string;
}

/** Is this a handshake for a watch? `request` is a GET with its upgrade headers still on it. */
export function isWatchSocket(request: Request): boolean {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return false;
  const { pathname, searchParams } = new URL(request.url);
  const flag = searchParams.get("watch");
  return pathname.includes("/watch/") || (flag !== null && flag !== "false" && flag !== "0");
}

/** A Response refuses the handshake. */
export function readHandshake(request: Request): SocketRequest | Response {
  if (request.headers.get("origin") === null) return new Response("403 Forbidden: no Origin\n", { status: 403 });
  const headers = new Headers(request.headers);
  for (const name of Array.from(headers.keys()))
    if (name.startsWith("sec-websocket-") || name === "upgrade" || name === "connection") headers.delete(name);
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((text) => text.trim());
  const tokens = offered.filter((protocol) => protocol.startsWith(BEARER));
  const [protocol] = offered.filter((one) => one !== "" && !one.startsWith(BEARER));
  if (tokens.length > 0) {
    const token = tokens.length > 1 || protocol === undefined ? undefined : decodeToken(tokens[0] as string);
    // A bad token is no token: the app answers 401 with its Status.
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    else headers.delete("authorization");
  }
  return {
    request: new Request(request.url, { method: "GET", headers }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

function decodeToken(protocol: string): string | undefined {
  try {
    const text = atob(protocol.slice(BEARER.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const token = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Anything else could not stand in a header.
    return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Sends each line of a watch as one message, until the watch or the socket ends. `send` resolves when there is room for more. */
export async function sendLines(
  body: ReadableStream<Uint8Array>,
  send: (line: string) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const stop = (): void => void reader.cancel().catch(() => {});
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (let rest = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (signal.aborted) return;
        await send(line);
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
