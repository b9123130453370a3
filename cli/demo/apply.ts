// Applies a YAML file through the public API by server-side apply, as `kubectl apply --server-side -f` does: paths come from discovery.
// Does not force: a field that somebody else has set since is theirs, and the file's object is then left as it stands.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { type KubeObject, parseApiVersion } from "../../kinds/object.ts";
import { ApiError, type Kube } from "../kube.ts";

export interface Applied {
  /** "deployment/tomcat" */
  name: string;
  how: "applied" | "kept as changed by others";
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

export async function applyFile(kube: Kube, file: string, manager: string): Promise<Applied[]> {
  const objects = parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubeObject | null);
  const applied: Applied[] = [];
  for (const object of objects) {
    if (object === null) continue;
    const path = await pathOf(kube, object);
    const name = `${object.kind.toLowerCase()}/${object.metadata.name}`;
    try {
      await kube.request("PATCH", `${path}?fieldManager=${manager}&fieldValidation=Strict`, {
        body: object,
        contentType: "application/apply-patch+yaml",
      });
      applied.push({ name, how: "applied" });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      applied.push({ name, how: "kept as changed by others" });
    }
  }
  return applied;
}

async function pathOf(kube: Kube, object: KubeObject): Promise<string> {
  const { group, version } = parseApiVersion(object.apiVersion);
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const { resources } = await kube.request<ResourceList>("GET", base);
  const resource = resources.find((candidate) => candidate.kind === object.kind && !candidate.name.includes("/"));
  if (!resource) throw new Error(`the API serves no ${object.kind} in ${object.apiVersion}`);
  const within = resource.namespaced ? `/namespaces/${object.metadata.namespace ?? "default"}` : "";
  return `${base}${within}/${resource.name}/${encodeURIComponent(object.metadata.name)}`;
}
