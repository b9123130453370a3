// The federation's own certificate authority and the server certificate it signs, kept in <data>/tls.
// Promises: the CA is made once and stays; the server certificate names every host that is served and is signed anew a month
// before it expires or when a host is missing. Files are written whole (temporary name, then rename), private keys 0600.
// Refuses to replace an unreadable CA: every kubeconfig and agent out there trusts it.
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { writeWhole } from "./files.node.ts";

const DAY_MS = 24 * 3600_000;
const CA_DAYS = 3650;
/** Below 398 days: the longest that Apple's and Go's stricter verifiers take. */
const SERVER_DAYS = 365;
const RENEW_DAYS = 30;
const KEY = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface Tls {
  /** PEM of the authority, for kubeconfigs and agents. */
  ca: string;
  /** The server's certificate and private key, one after the other. */
  pem: string;
}

/** Reads what `dir` holds, and makes what is missing, expiring or for other hosts. `now` in ms since the epoch. */
export async function loadTls(options: { dir: string; hosts: string[]; now: number }): Promise<Tls> {
  const { dir, now } = options;
  const hosts = [...new Set(options.hosts.map((host) => host.toLowerCase()))];
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(dir, name);
  if (!existsSync(path("ca.crt"))) {
    const { createAuthority } = await import("./certificates.node.ts");
    const made = await createAuthority({ now, days: CA_DAYS, algorithm: KEY });
    // The key first: a certificate without its key would look like a finished authority.
    writeWhole(path("ca.key"), made.key, 0o600);
    writeWhole(path("ca.crt"), made.cert, 0o644);
  }
  const ca = readFileSync(path("ca.crt"), "utf8");
  const authority = new X509Certificate(ca);
  // Certificate and key in one file, so that no crash leaves a pair that does not match.
  const current = existsSync(path("server.pem")) ? readFileSync(path("server.pem"), "utf8") : undefined;
  if (current !== undefined && serves(current, authority, hosts, now)) return { ca, pem: current };
  const { signServer } = await import("./certificates.node.ts");
  const made = await signServer({
    ca,
    caKey: readFileSync(path("ca.key"), "utf8"),
    hosts,
    now,
    days: SERVER_DAYS,
    algorithm: KEY,
  });
  const pem = made.cert + made.key;
  writeWhole(path("server.pem"), pem, 0o600);
  return { ca, pem };
}

function serves(pem: string, authority: X509Certificate, hosts: string[], now: number): boolean {
  const certificate = new X509Certificate(pem);
  if (!certificate.verify(authority.publicKey)) return false;
  if (Date.parse(certificate.validTo) - now < RENEW_DAYS * DAY_MS || Date.parse(certificate.validFrom) > now)
    return false;
  return hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined);
}
