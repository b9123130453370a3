// Who the agent is: an Ed25519 key that it makes itself and that never leaves its data directory (P10), and the cluster name that a join token once
// gave it. The key is on the disk before the token is spent: a crash in between spends the token again, for the same key.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { State } from "./state.ts";

export interface Identity {
  /** Public half: `x` of the JWK. */
  publicKey: string;
  privateKey: KeyObject;
}

const TOKEN_LIFE_S = 60;

export function openIdentity(state: State): Identity {
  let pem = state.meta("key");
  if (pem === undefined) {
    pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    state.setMeta({ key: pem });
  }
  const privateKey = createPrivateKey(pem);
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (x === undefined) throw new Error("the data directory holds no Ed25519 key");
  return { publicKey: x, privateKey };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEADER = part({ alg: "EdDSA", typ: "JWT" });

/** A JWT for one request (kinds/protocol.ts). */
export function signToken(identity: Identity, cluster: string, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const signed = `${HEADER}.${part({ iss: cluster, sub: cluster, aud: "hanse", iat, exp: iat + TOKEN_LIFE_S })}`;
  return `${signed}.${sign(null, Buffer.from(signed), identity.privateKey).toString("base64url")}`;
}
