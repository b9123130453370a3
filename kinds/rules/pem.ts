// What Go's tls.X509KeyPair says of a certificate and a key that it cannot find (crypto/tls). Whether what is found is a certificate, and the
// key its own, is not looked at.
/** undefined: both are there. */
export function keyPairProblem(certificate: string, key: string): string | undefined {
  const certificates = types(certificate);
  if (!certificates.includes("CERTIFICATE")) {
    if (certificates.length === 0) return "tls: failed to find any PEM data in certificate input";
    if (certificates.length === 1 && isKey(certificates[0]))
      return "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched";
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certificates.join(" ")}]`;
  }
  const keys = types(key);
  if (keys.some(isKey)) return undefined;
  if (keys.length === 0) return "tls: failed to find any PEM data in key input";
  if (keys.length === 1 && keys[0] === "CERTIFICATE")
    return "tls: found a certificate rather than a key in the PEM for the private key";
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keys.join(" ")}]`;
}

const isKey = (type: string | undefined): boolean => type?.endsWith("PRIVATE KEY") ?? false;

function types(text: string): string[] {
  const blocks = text.matchAll(/^-----BEGIN (?<type>[^\n]*?)-----[ \t\r]*\n[^-]*?^-----END \k<type>-----[ \t\r]*$/gm);
  return [...blocks].map(({ groups }) => groups?.["type"] ?? "");
}
