// Sends one request of a script to a real kube-apiserver, whose certificate nobody signed.
import { request as httpsRequest } from "node:https";
import { parsed, payloadOf, type Send } from "../../worker/wire/differential/run.ts";

export function toReal(server: string, admin: string): Send {
  return (sent) =>
    new Promise((resolve, reject) => {
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
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: parsed(Buffer.concat(chunks).toString()),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(payload);
    });
}
