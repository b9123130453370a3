// Sends the differential tests' requests to a real kube-apiserver; opens watches there.
import { type IncomingMessage, request as httpsRequest } from "node:https";
import { parsed, payloadOf, type Send, type Sent } from "../../worker/wire/differential/run.ts";

export function toReal(server: string, admin: string): Send {
  return async (sent) => {
    const response = await ask(server, admin, sent);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: parsed(Buffer.concat(chunks).toString()),
    };
  };
}

/** The stream of a watch; break off reading to end it. */
export function watchReal(
  server: string,
  admin: string,
): (path: string, headers?: Sent["headers"]) => AsyncIterable<Uint8Array> {
  return async function* (path, headers) {
    yield* await ask(server, admin, { method: "GET", path, headers });
  };
}

function ask(server: string, admin: string, sent: Sent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      accept: "application/json",
      "user-agent": "differential",
      ...sent.headers,
    };
    if (sent.token !== null) headers["authorization"] = `Bearer ${sent.token ?? admin}`;
    const payload = payloadOf(sent, headers);
    if (payload !== undefined) headers["content-length"] = String(payload.length);
    const outgoing = httpsRequest(
      new URL(sent.path, server),
      { method: sent.method, headers, rejectUnauthorized: false },
      resolve,
    );
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}
