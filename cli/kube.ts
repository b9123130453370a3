// A small client for a Kubernetes API: one request, one JSON answer, over kept-alive HTTPS that trusts the kubeconfig's CA.
// Throws ApiError with the server's own words for a Status, UserError when the server cannot be reached.
import http from "node:http";
import https from "node:https";
import { UserError } from "./errors.ts";
import type { Access } from "./kubeconfig.ts";

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface Kube {
  server: string;
  /** @throws ApiError on any status outside 2xx. */
  request<Answer>(
    method: string,
    path: string,
    options?: { body?: unknown; contentType?: string; accept?: string },
  ): Promise<Answer>;
  close(): void;
}

export function connect(access: Access): Kube {
  const secure = access.server.startsWith("https:");
  const agent = secure
    ? new https.Agent({
        keepAlive: true,
        ca: access.ca,
        cert: access.clientCert,
        key: access.clientKey,
        rejectUnauthorized: !access.insecure,
      })
    : new http.Agent({ keepAlive: true });
  return {
    server: access.server,
    async request<Answer>(
      method: string,
      path: string,
      options: { body?: unknown; contentType?: string; accept?: string } = {},
    ) {
      const text =
        options.body === undefined
          ? undefined
          : typeof options.body === "string"
            ? options.body
            : JSON.stringify(options.body);
      const headers: Record<string, string> = { accept: options.accept ?? "application/json", "user-agent": "hanse" };
      if (access.token) headers.authorization = `Bearer ${access.token}`;
      if (text !== undefined) {
        headers["content-type"] = options.contentType ?? "application/json";
        headers["content-length"] = String(Buffer.byteLength(text));
      }
      const answer = await send(new URL(access.server + path), { method, headers, agent }, text);
      if (answer.status < 200 || answer.status > 299) throw apiError(answer.status, answer.body);
      return (answer.body === "" ? {} : JSON.parse(answer.body)) as Answer;
    },
    close: () => agent.destroy(),
  };
}

function send(
  url: URL,
  options: https.RequestOptions,
  text: string | undefined,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? https : http).request(
      url,
      { ...options, timeout: TIMEOUT_MS },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) response.destroy(new Error(`answer larger than ${MAX_ANSWER_BYTES} bytes`));
          else chunks.push(chunk);
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
        );
        response.on("error", (error) => reject(unreachable(url, error)));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.on("error", (error) => reject(unreachable(url, error)));
    request.end(text);
  });
}

function apiError(status: number, body: string): ApiError {
  try {
    const parsed = JSON.parse(body) as { message?: string; reason?: string };
    return new ApiError(status, parsed.reason ?? "", parsed.message ?? `HTTP ${status}`);
  } catch {
    return new ApiError(status, "", `HTTP ${status}: ${body.slice(0, 200)}`);
  }
}

/** Says what to do about the errors that people meet. */
function unreachable(url: URL, error: Error & { code?: string }): UserError {
  const hints: Record<string, string> = {
    ECONNREFUSED: "nothing listens there: is `hanse serve` running?",
    ENOTFOUND: "that host name does not resolve",
    SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not signed by the CA that the kubeconfig names",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not signed by the CA that the kubeconfig names",
    ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for other hosts; start `hanse serve --listen` with this one",
  };
  return new UserError(
    `cannot reach ${url.origin}: ${(error.code && hints[error.code]) || error.message || error.code}`,
  );
}
