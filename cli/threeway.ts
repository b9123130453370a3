// The merge patch (RFC 7396) by which `kubectl apply` would bring an object to a manifest: what the manifest says, and null for what the manifest
// that was applied last said and this one does not. Lists are replaced as a whole, so their items' defaults are set anew.
import type { JsonObject, JsonValue, KubeObject } from "../kinds/object.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export function threeWay(live: KubeObject, manifest: JsonObject): JsonObject {
  const last = live.metadata.annotations?.[LAST_APPLIED];
  return last === undefined ? manifest : withNulls(manifest, JSON.parse(last) as JsonObject);
}

function withNulls(now: JsonObject, before: JsonObject): JsonObject {
  const patch: JsonObject = { ...now };
  for (const [key, was] of Object.entries(before)) {
    const is = now[key];
    if (is === undefined) patch[key] = null;
    else if (isMap(is) && isMap(was)) patch[key] = withNulls(is, was);
  }
  return patch;
}

function isMap(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
