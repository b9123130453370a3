// Where an object of a manifest lies on the server, by discovery: one question a group and version.
import { type KubeObject, parseApiVersion } from "../kinds/object.ts";
import { UserError } from "./errors.ts";
import { ApiError, type Kube } from "./kube.ts";

export interface ResourcePath {
  object: string;
  collection: string;
}

interface Served {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** `namespace`: of objects that name none. @throws UserError for a kind that is not served */
export function pathFinder(kube: Kube, namespace: string): (object: KubeObject) => Promise<ResourcePath> {
  const known = new Map<string, Promise<Served[]>>();
  async function servedIn(base: string): Promise<Served[]> {
    try {
      return (await kube.request<{ resources: Served[] }>("GET", base)).resources;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
    }
  }
  return async ({ apiVersion, kind, metadata }) => {
    const { group, version } = parseApiVersion(apiVersion);
    const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    if (!known.has(base)) known.set(base, servedIn(base));
    const found = (await known.get(base)!).find((one) => one.kind === kind && !one.name.includes("/"));
    if (found === undefined) throw new UserError(`the server knows no ${kind} in ${apiVersion}`);
    const home = found.namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? namespace)}` : "";
    const collection = `${base}${home}/${found.name}`;
    return { collection, object: `${collection}/${encodeURIComponent(metadata.name)}` };
  };
}
