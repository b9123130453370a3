// The federation's side of the protocol as the agent calls it: register, changes, reports. Every request is signed anew; errors are
// thrown as Refused (an answer that says no) or Unreachable (no answer); retrying is the loops' business.
import { readFileSync } from "node:fs";
import type { Changes, RegisterAnswer, Reports, ReportsAnswer } from "../kinds/protocol.ts";
import { checkChanges } from "./answer.ts";
import { type Http, openHttp, type Outgoing } from "./http.ts";
import { type Identity, signToken } from "./identity.ts";

export class Refused extends Error {
  override name = "Refused";
  readonly code: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  constructor(code: number, reason: string, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Federation {
  register(token: string, agentVersion: string): Promise<RegisterAnswer>;
  changes(cluster: string, after: string, waitSeconds: number): Promise<Changes>;
  report(cluster: string, reports: Reports): Promise<ReportsAnswer>;
  close(): void;
}

export interface FederationOptions {
  server: string;
  caFile?: string;
  identity: Identity;
  clock: () => number;
  signal: AbortSignal;
}

function connectionTo({ server, caFile }: FederationOptions): Http {
  const ca = caFile === undefined ? undefined : readFileSync(caFile);
  return openHttp({ url: new URL(server), ca }, { maxSockets: 4 });
}

export function openFederation(options: FederationOptions, http: Http = connectionTo(options)): Federation {
  const { identity, clock, signal } = options;

  async function call(outgoing: Outgoing, cluster?: string): Promise<unknown> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (cluster !== undefined) headers["authorization"] = `Bearer ${signToken(identity, cluster, clock())}`;
    const { status, text, retryAfterMs } = await http.send({ ...outgoing, headers, signal });
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Refused(status, "NotOurs", `HTTP ${status}: ${text.slice(0, 200)}`, retryAfterMs);
    }
    if (status < 300) return value;
    const { reason = "", message = `HTTP ${status}` } = value as { reason?: string; message?: string };
    throw new Refused(status, reason, message, retryAfterMs);
  }

  return {
    async register(token, agentVersion) {
      const publicKey = { kty: "OKP", crv: "Ed25519", x: identity.publicKey };
      const body = JSON.stringify({ token, publicKey, agentVersion });
      const answer = (await call({ method: "POST", path: "/hanse/v1/register", body })) as Partial<RegisterAnswer>;
      if (typeof answer.cluster !== "string" || typeof answer.federation !== "string")
        throw new Error("register: not an answer of a federation");
      return { cluster: answer.cluster, federation: answer.federation };
    },
    async changes(cluster, after, waitSeconds) {
      const path = `/clusters/${encodeURIComponent(cluster)}/hanse/v1/changes?after=${after}&wait=${waitSeconds}`;
      return checkChanges(await call({ method: "GET", path, timeoutMs: (waitSeconds + 10) * 1000 }, cluster));
    },
    async report(cluster, reports) {
      const path = `/clusters/${encodeURIComponent(cluster)}/hanse/v1/reports`;
      const answer = (await call(
        { method: "POST", path, body: JSON.stringify(reports) },
        cluster,
      )) as Partial<ReportsAnswer>;
      return { unknown: Array.isArray(answer.unknown) ? answer.unknown : [] };
    },
    close: () => http.close(),
  };
}
