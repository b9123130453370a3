// What `kubectl version` shows as the server: the Kubernetes release whose API this speaks, and ours behind the plus sign.
import { KUBERNETES_VERSION, VERSION } from "../kinds/version.ts";
import type { VersionInfo } from "./wire/options.ts";

export const VERSION_INFO: VersionInfo = versionInfo();

function versionInfo(): VersionInfo {
  const [major = "", minor = ""] = KUBERNETES_VERSION.split(".");
  return {
    major,
    minor,
    gitVersion: `v${KUBERNETES_VERSION}+hanse.${VERSION}`,
    gitCommit: "",
    gitTreeState: "",
    buildDate: "",
    goVersion: "",
    compiler: "",
    platform: "",
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: minor,
  };
}
