// The Go packages whose types become facts: every group version that Hanse serves or may come to serve as a kinds/ table entry.
import { join } from "node:path";
import type { ModuleName, Modules } from "./modules.ts";

export interface ApiPackage {
  /** Prefix of the OpenAPI definition names, e.g. "io.k8s.api.core.v1". */
  name: string;
  /** Import path in Go. */
  path: string;
  dir: string;
}

const API = [
  "admissionregistration/v1",
  "apps/v1",
  "authentication/v1",
  "authorization/v1",
  "autoscaling/v1",
  "autoscaling/v2",
  "batch/v1",
  "certificates/v1",
  "coordination/v1",
  "core/v1",
  "discovery/v1",
  "events/v1",
  "flowcontrol/v1",
  "networking/v1",
  "node/v1",
  "policy/v1",
  "rbac/v1",
  "scheduling/v1",
  "storage/v1",
];

const MACHINERY = ["pkg/api/resource", "pkg/apis/meta/v1", "pkg/runtime", "pkg/util/intstr"];

const OTHERS: [ModuleName, string, string][] = [
  ["apiextensions", "apiextensions-apiserver", "pkg/apis/apiextensions/v1"],
  ["aggregator", "kube-aggregator", "pkg/apis/apiregistration/v1"],
];

function entry(modules: Modules, module: ModuleName, repository: string, dir: string): ApiPackage {
  return {
    name: `io.k8s.${repository}.${dir.replaceAll("/", ".")}`,
    path: `k8s.io/${repository}/${dir}`,
    dir: join(modules[module], dir),
  };
}

export function apiPackages(modules: Modules): ApiPackage[] {
  return [
    ...API.map((dir) => entry(modules, "api", "api", dir)),
    ...MACHINERY.map((dir) => entry(modules, "apimachinery", "apimachinery", dir)),
    ...OTHERS.map(([module, repository, dir]) => entry(modules, module, repository, dir)),
  ];
}

/** "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1" -> "io.k8s.apiextensions-apiserver.pkg.…". */
export function definitionPrefix(protoPackage: string): string {
  return protoPackage.replace(/^k8s\.io\./, "io.k8s.").replaceAll("_", "-");
}
