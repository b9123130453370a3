// storageVersionHash in discovery: names how a kind is stored, so that clients see a change of it (apiserver
// pkg/endpoints/discovery/storageversionhash.go): the first 8 bytes of SHA-256 over group/version/kind, as stored: both versions of an
// HorizontalPodAutoscaler have one hash.
import type { Kind } from "../../../kinds/kind.ts";

export async function storageVersionHashes(kinds: readonly Kind[]): Promise<Map<Kind, string>> {
  const hashes = kinds.map(async (kind) => {
    const { group, version, kind: name } = kind.conversion?.stored ?? kind;
    const text = new TextEncoder().encode(`${group}/${version}/${name}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return [kind, btoa(String.fromCharCode(...digest.subarray(0, 8)))] as const;
  });
  return new Map(await Promise.all(hashes));
}
