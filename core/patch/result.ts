// What a patch answers. Codes and texts are those kube-apiserver 1.36 gives for the same patch: 500 is its answer to a few malformed
// strategic patches (apiserver pkg/endpoints/handlers/patch.go interpretStrategicMergePatchError passes unknown errors through).
import type { JsonObject } from "../../kinds/object.ts";

export type PatchResult =
  | { ok: true; object: JsonObject }
  /** `message` is the Status message; `detail` says what went wrong where upstream's message does not. */
  | { ok: false; code: 400 | 413 | 422 | 500; message: string; detail?: string };

/** Upstream hides the cause of a 422 behind this one sentence (apimachinery api/errors NewGenericServerResponse). */
export const REJECTED = "the server rejected our request due to an error in our request";
