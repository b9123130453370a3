// JSON pointers (RFC 6901) that clients write into policies: well formed, and not at what makes an object the one it is.
import { BINDING_LABEL } from "../binding.ts";

/** Steps of a pointer; undefined: it is none. "" points at the whole. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Why nobody may change what it points at in a cluster; undefined: they may, or it is no pointer. */
export function pointerRefusal(pointer: string): string | undefined {
  const [root, field, entry] = parsePointer(pointer) ?? ["spec"];
  if (root === undefined) return "may not be the whole object";
  if (root === "apiVersion" || root === "kind" || root === "status") return `may not be ${root}`;
  if (root !== "metadata") return undefined;
  if (field !== "labels" && field !== "annotations") return "may be of metadata only its labels and annotations";
  return field === "labels" && entry === BINDING_LABEL ? `may not be the label ${BINDING_LABEL}` : undefined;
}
