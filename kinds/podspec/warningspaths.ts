// Warnings about files of one volume that take each other's place (kk:pkg/api/pod/warnings.go): the same path twice, or one below the other.
import type { Loose } from "../object.ts";

interface File {
  path: string;
  /** Where it comes from, in a projected volume. */
  source: string;
}

export function pathWarnings(volumes: Loose[]): string[] {
  return volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => {
    const say = (what: string, files: File[]): string[] =>
      overlaps(files).map((pair) => `volume ${quote(name)} (${what}): overlapping paths: ${pair}`);
    return [
      ...say(`ConfigMap ${quote(configMap?.name)}`, files(configMap, "")),
      ...say(`Secret ${quote(secret?.secretName)}`, files(secret, "")),
      ...say("DownwardAPI", files(downwardAPI, "")),
      ...emptySources(name, projected),
      ...say("Projected", ((projected?.sources ?? []) as Loose[]).flatMap(projectedFiles)),
    ];
  });
}

const quote = (text: string | undefined): string => JSON.stringify(text ?? "");

function files(source: Loose, from: string): File[] {
  return ((source?.items ?? []) as Loose[]).map(({ path = "" }) => ({ path, source: from }));
}

function emptySources(name: string, projected: Loose): string[] {
  const empty = (source: Loose): boolean => Object.values(source ?? {}).every((one) => !one);
  return ((projected?.sources ?? []) as Loose[]).some(empty)
    ? [`volume ${quote(name)} (Projected) has no sources provided`]
    : [];
}

function projectedFiles(one: Loose): File[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = one ?? {};
  if (configMap?.items) return files(configMap, `ConfigMap ${quote(configMap.name)}`);
  if (secret?.items) return files(secret, `Secret ${quote(secret.name)}`);
  if (downwardAPI?.items) return files(downwardAPI, "DownwardAPI");
  if (serviceAccountToken) return [{ path: serviceAccountToken.path ?? "", source: "ServiceAccountToken" }];
  if (clusterTrustBundle) {
    const { name, signerName, path = "" } = clusterTrustBundle;
    return [{ path, source: `ClusterTrustBundle ${quote(name ?? signerName)}` }];
  }
  return [
    { path: podCertificate?.certificateChainPath ?? "", source: "PodCertificate chain" },
    { path: podCertificate?.keyPath ?? "", source: "PodCertificate key" },
    { path: podCertificate?.credentialBundlePath ?? "", source: "PodCertificate credential bundle" },
  ].filter(({ path }) => path !== "");
}

/** Each pair once, the later file first. */
function overlaps(all: File[]): string[] {
  const trimmed = all.map(({ path, source }) => ({ path: path.replace(/\/+$/, ""), source }));
  return trimmed.flatMap((file, index) =>
    trimmed
      .slice(0, index)
      .filter((other) => meet(file.path, other.path))
      .map((other) => `${printed(file)} with ${printed(other)}`),
  );
}

const meet = (a: string, b: string): boolean =>
  a !== "" && b !== "" && (`${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`));

const printed = ({ path, source }: File): string => (source === "" ? quote(path) : `${quote(path)} (${source})`);
