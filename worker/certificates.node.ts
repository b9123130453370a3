// Makes X.509 certificates. The only user of @peculiar/x509, and imported only when one has to be made: it costs 15 MB.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const HOUR_MS = 3600_000;

interface Made {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
}

interface Algorithm {
  name: string;
  namedCurve: string;
  hash: string;
}

export async function createAuthority(options: { now: number; days: number; algorithm: Algorithm }): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(options.algorithm, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=hanse-ca",
    ...validity(options),
    signingAlgorithm: options.algorithm,
    keys: keys as CryptoKeyPair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  });
  return { cert: `${cert.toString("pem")}\n`, key: await pem(keys.privateKey) };
}

export async function signServer(options: {
  ca: string;
  caKey: string;
  hosts: string[];
  now: number;
  days: number;
  algorithm: Algorithm;
}): Promise<Made> {
  const authority = new x509.X509Certificate(options.ca);
  const der = x509.PemConverter.decodeFirst(options.caKey);
  const signingKey = await webcrypto.subtle.importKey("pkcs8", der, options.algorithm, false, ["sign"]);
  const keys = await webcrypto.subtle.generateKey(options.algorithm, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: "CN=hanse",
    issuer: authority.subject,
    ...validity(options),
    signingAlgorithm: options.algorithm,
    publicKey: keys.publicKey as CryptoKey,
    signingKey: signingKey as CryptoKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        options.hosts.map((host) => ({ type: isIP(host) ? ("ip" as const) : ("dns" as const), value: host })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(
        await authority.publicKey.export(options.algorithm, ["verify"]),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  });
  return { cert: `${cert.toString("pem")}\n`, key: await pem(keys.privateKey) };
}

/** An hour back, for clocks that are a little behind ours. */
function validity({ now, days }: { now: number; days: number }): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - HOUR_MS), notAfter: new Date(now + days * 24 * HOUR_MS) };
}

/** Positive and at most 20 octets (RFC 5280, 4.1.2.2). */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x01;
  return Buffer.from(bytes).toString("hex");
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), x509.PemConverter.PrivateKeyTag)}\n`;
}
