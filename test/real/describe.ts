// `describeReal`: tests that a real kube-apiserver judges. Where the binaries are missing they are skipped with one loud
// line; under HANSE_REQUIRE_REAL=1 (CI) that skip is a failure. A folder is named by HANSE_REAL_CACHE, else the default of build.sh.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";

/** The versions that build.sh builds; its cache folder carries them in its name. */
export const KUBERNETES_VERSION = "v1.36.3";
export const KWOK_VERSION = "v0.8.0";

export function realFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return process.env["HANSE_REAL_CACHE"] ?? join(cache, "hanse", `real-${KUBERNETES_VERSION}-kwok-${KWOK_VERSION}`);
}

export function realBinary(name: string): string {
  return join(realFolder(), name);
}

export function haveReal(): boolean {
  return ["kube-apiserver", "etcd", "kubectl"].every((name) => existsSync(realBinary(name)));
}

export function describeReal(name: string, body: () => void): void {
  if (haveReal()) {
    describe(name, body);
    return;
  }
  const why = `no kube-apiserver in ${realFolder()}: run test/real/build.sh`;
  if (process.env["HANSE_REQUIRE_REAL"] === "1") {
    describe(name, () => {
      it("needs the real control plane", () => {
        throw new Error(why);
      });
    });
    return;
  }
  console.warn(`SKIPPED (${why}): ${name}`);
  describe.skip(name, body);
}
