// POST /hanse/v1/register: an agent spends its join token and leaves its public key. The one route of agents without a signature.
// Whatever is wrong with the token, the answer is the same 401.
import { RegisterSchema, type RegisterAnswer } from "../../kinds/protocol.ts";
import { type Credentials, hashToken } from "../store/credentials.ts";
import type { Store } from "../store/store.ts";
import { readBody } from "./agentbody.ts";
import { badRequest, unauthorized } from "./status.ts";

const MAX_BODY_BYTES = 16 * 1024;

export interface RegisterParts {
  store: Pick<Store, "epoch">;
  credentials: Pick<Credentials, "spendJoinToken">;
  presence: { seen(cluster: string): void };
  clock: () => number;
}

export async function register(parts: RegisterParts, request: Request): Promise<RegisterAnswer> {
  const body = await readBody(request, RegisterSchema, MAX_BODY_BYTES);
  // 32 bytes: another key would be kept and never verify anything.
  if (!/^[A-Za-z0-9_-]{43}$/.test(body.publicKey.x)) throw badRequest("publicKey.x is no Ed25519 public key");
  const { federation } = await parts.store.epoch();
  const hash = await hashToken(body.token);
  const spent = await parts.credentials.spendJoinToken({ hash, publicKey: body.publicKey.x, now: parts.clock() });
  if (!spent.ok) throw unauthorized();
  parts.presence.seen(spent.cluster);
  return { cluster: spent.cluster, federation };
}
