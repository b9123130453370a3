// Where the upstream Go modules lie on this machine. Looks into the module cache first; only `download` asks the go command.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The Kubernetes release all facts are taken from, and the staging modules' name for it. */
export const RELEASE = "v1.36.3";
const STAGING = "v0.36.3";

const MODULES = {
  kubernetes: ["k8s.io/kubernetes", RELEASE],
  api: ["k8s.io/api", STAGING],
  apimachinery: ["k8s.io/apimachinery", STAGING],
  apiextensions: ["k8s.io/apiextensions-apiserver", STAGING],
  aggregator: ["k8s.io/kube-aggregator", STAGING],
} as const;

export type ModuleName = keyof typeof MODULES;
export type Modules = Record<ModuleName, string>;

function caches(): string[] {
  const { GOMODCACHE, GOPATH } = process.env;
  return [GOMODCACHE, GOPATH && join(GOPATH, "pkg/mod"), join(homedir(), "go/pkg/mod")].filter(
    (dir) => dir !== undefined && dir !== "",
  ) as string[];
}

function cached(path: string, version: string): string | undefined {
  return caches()
    .map((cache) => join(cache, `${path}@${version}`))
    .find((dir) => existsSync(dir));
}

/** Directories of all modules, or undefined when one is not in the module cache. */
function findModules(): Modules | undefined {
  const found: Partial<Modules> = {};
  for (const [name, [path, version]] of Object.entries(MODULES)) {
    const dir = cached(path, version);
    if (dir === undefined) return undefined;
    found[name as ModuleName] = dir;
  }
  return found as Modules;
}

/** Directories of all modules, fetched with the go command (checksummed by the Go checksum database) when missing. */
export function downloadModules(): Modules {
  const found: Partial<Modules> = {};
  for (const [name, [path, version]] of Object.entries(MODULES)) {
    found[name as ModuleName] =
      cached(path, version) ??
      (
        JSON.parse(execFileSync("go", ["mod", "download", "-json", `${path}@${version}`], { encoding: "utf8" })) as {
          Dir: string;
        }
      ).Dir;
  }
  return found as Modules;
}

/** For tests: the modules, or undefined after one loud line. A missing module is a failure under HANSE_REQUIRE_REAL=1. */
export function modulesForTest(what: string): Modules | undefined {
  const modules = findModules();
  if (modules !== undefined) return modules;
  const line = `SKIPPED ${what}: the Go modules of Kubernetes ${RELEASE} are not in the module cache (go mod download k8s.io/kubernetes@${RELEASE} …)`;
  if (process.env.HANSE_REQUIRE_REAL === "1") throw new Error(line);
  console.error(`\n!!! ${line}\n`);
  return undefined;
}
