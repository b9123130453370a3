// Which subresources a kind has.
import type { Kind } from "../../kinds/kind.ts";

export function hasSubresource(kind: Kind, name: string): boolean {
  return (
    (name === "status" && kind.status === true) ||
    (name === "scale" && kind.scale !== undefined) ||
    (name === "finalize" && kind.finalize === true) ||
    kind.parts?.[name] !== undefined ||
    isPosted(kind, name)
  );
}

/** Takes a POST, and nothing else. */
export function isPosted(kind: Kind, name: string): boolean {
  return kind.posts?.some((posted) => posted === name) === true;
}
