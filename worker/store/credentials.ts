// Who may speak to the federation: the admin's token, one-off join tokens, the agents' public keys (P10).
// Only SHA-256 hashes of tokens come in here; a private key never does. Two implementations: credentials.postgres.ts and memory below.

export type Spent = { ok: true; cluster: string } | { ok: false };

export interface Credentials {
  setAdminToken(hash: string): Promise<void>;
  isAdminToken(hash: string): Promise<boolean>;
  hasAdminToken(): Promise<boolean>;
  /** Keeps the hash of a join token bound to one cluster name. `expiresAt` in ms since the epoch. */
  addJoinToken(token: { hash: string; cluster: string; expiresAt: number }): Promise<void>;
  /**
   * Spends a join token and makes `publicKey` the key of its cluster, in one step. A token already spent is accepted again from the key
   * that it is spent for: an agent that died before it saw the answer is not locked out. `now` in ms since the epoch.
   */
  spendJoinToken(token: { hash: string; publicKey: string; now: number }): Promise<Spent>;
  /** The `x` of the Ed25519 JWK of the cluster's agent; undefined when none registered or it was revoked. */
  agentKey(cluster: string): Promise<string | undefined>;
  /** Detaching a cluster: its agent is no longer known, tokens made for it no longer work. */
  revokeAgent(cluster: string, now: number): Promise<void>;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** "xxxxxx.xxxxxxxxxxxxxxxxxxxxxx": 28 characters of 36, 144 bits. The part before the dot may be shown to tell tokens apart. */
export function newJoinToken(): string {
  const text = randomText(28);
  return `${text.slice(0, 6)}.${text.slice(6)}`;
}

/** Admin tokens: 200 bits. */
export function newAdminToken(): string {
  return randomText(39);
}

function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    // 252 is the largest multiple of 36 in a byte: without the cut some letters would come more often.
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 252 && text.length < length) text += ALPHABET[byte % 36];
    }
  }
  return text;
}

/** SHA-256 in hex. Enough for tokens of this entropy; a slow password hash would only slow every request. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Makes and keeps a join token; the text is returned once and never stored. */
export async function createJoinToken(
  credentials: Credentials,
  request: { cluster: string; ttlMs: number; now: number },
): Promise<string> {
  const token = newJoinToken();
  const expiresAt = request.now + request.ttlMs;
  await credentials.addJoinToken({ hash: await hashToken(token), cluster: request.cluster, expiresAt });
  return token;
}

export function memoryCredentials(): Credentials {
  const admins = new Set<string>();
  const tokens = new Map<string, { cluster: string; expiresAt: number; spentFor?: string }>();
  const agents = new Map<string, string>();
  return {
    setAdminToken: async (hash) => {
      admins.clear();
      admins.add(hash);
    },
    isAdminToken: async (hash) => admins.has(hash),
    hasAdminToken: async () => admins.size > 0,
    addJoinToken: async ({ hash, cluster, expiresAt }) => {
      tokens.set(hash, { cluster, expiresAt });
    },
    spendJoinToken: async ({ hash, publicKey, now }) => {
      const token = tokens.get(hash);
      if (token === undefined) return { ok: false };
      if (token.spentFor !== undefined) {
        const again = token.spentFor === publicKey && agents.get(token.cluster) === publicKey;
        return again ? { ok: true, cluster: token.cluster } : { ok: false };
      }
      if (token.expiresAt <= now) return { ok: false };
      token.spentFor = publicKey;
      agents.set(token.cluster, publicKey);
      return { ok: true, cluster: token.cluster };
    },
    agentKey: async (cluster) => agents.get(cluster),
    revokeAgent: async (cluster) => {
      agents.delete(cluster);
      for (const [hash, token] of tokens) if (token.cluster === cluster) tokens.delete(hash);
    },
  };
}
