// Reads a request's path the way apiserver's RequestInfo does: which kind, namespace, name and subresource are meant.
// Refuses nothing by itself: what has no route comes back as such, and api.ts answers 404 or 405.
import type { Kind } from "../../kinds/kind.ts";
import { badRequest } from "./status.ts";

export interface Target {
  kind: Kind;
  /** "" for cluster-scoped kinds and for all namespaces. */
  namespace: string;
  /** "" for the collection. */
  name: string;
  subresource: string;
  /** Deprecated /api/v1/watch/… paths. */
  watch: boolean;
}

export type KindIndex = ReadonlyMap<string, ReadonlyMap<string, Kind>>;

/** "apps/v1" (or "v1") -> plural -> kind. */
export function indexKinds(kinds: readonly Kind[]): KindIndex {
  const index = new Map<string, Map<string, Kind>>();
  for (const kind of kinds) {
    const gv = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
    const resources = index.get(gv) ?? new Map<string, Kind>();
    index.set(gv, resources.set(kind.resource, kind));
  }
  return index;
}

export interface Location {
  path: string;
  query: URLSearchParams;
}

/** Path and query of an absolute URL, without building a URL object: this runs on every request. */
export function locate(url: string, prefix: string): Location | undefined {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return { path: "/", query: new URLSearchParams() };
  const hash = url.indexOf("#", start);
  const end = hash < 0 ? url.length : hash;
  const mark = url.indexOf("?", start);
  const cut = mark < 0 || mark > end ? end : mark;
  if (!url.startsWith(prefix, start)) return undefined;
  const path = url.slice(start + prefix.length, cut);
  if (path !== "" && !path.startsWith("/")) return undefined;
  return { path: path || "/", query: new URLSearchParams(cut === end ? "" : url.slice(cut + 1, end)) };
}

function decode(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`invalid URL escape "${part}"`);
  }
}

/** True where the path is below an API group version, so an unknown one deserves a Status. */
export function isResourcePath(path: string): boolean {
  return path.startsWith("/api/") || path.startsWith("/apis/");
}

/** Unknown groups have no handler at all upstream, and so no Status. */
export function knownGroup(path: string, kinds: readonly Kind[]): boolean {
  const [, root, group] = path.split("/");
  return root === "api" || kinds.some((kind) => kind.group === group && kind.structural === undefined);
}

/** Undefined: no served kind has this path. */
export function targetOf(path: string, index: KindIndex): Target | undefined {
  const parts = path.split("/");
  // A trailing slash names the same thing.
  if (parts.at(-1) === "") parts.pop();
  let at: number;
  let gv: string;
  if (parts[1] === "api") {
    gv = parts[2] ?? "";
    at = 3;
  } else if (parts[1] === "apis") {
    gv = `${parts[2] ?? ""}/${parts[3] ?? ""}`;
    at = 4;
  } else return undefined;
  const resources = index.get(gv);
  if (resources === undefined || parts.length <= at) return undefined;
  const watch = parts[at] === "watch";
  if (watch) at += 1;
  let namespace = "";
  // /namespaces/NS/RESOURCE…; but /namespaces/NS and its own subresources name the Namespace itself.
  if (parts[at] === "namespaces" && parts.length > at + 2) {
    const kind = resources.get(parts[at + 2] as string);
    if (kind?.namespaced) {
      namespace = decode(parts[at + 1] as string);
      at += 2;
    } else if (kind !== undefined) return undefined;
  }
  const kind = resources.get(parts[at] ?? "");
  if (kind === undefined || parts.length > at + 3) return undefined;
  const name = decode(parts[at + 1] ?? "");
  const subresource = parts[at + 2] ?? "";
  // A namespaced object has no path without its namespace.
  if (kind.namespaced && namespace === "" && name !== "") return undefined;
  return { kind, namespace, name, subresource, watch };
}
