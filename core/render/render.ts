// render: a revision's content, as overrides made it for a cluster, + its share -> the object its agent applies there. Pure; the inputs stay as they are,
// unchanged subtrees are shared. Server metadata never leaves the root: only name, namespace, labels and annotations do.
import { BINDING_LABEL, type Share, type TemplateRef } from "../../kinds/binding.ts";
import type { FederationRule } from "../../kinds/kind.ts";
import { parseApiVersion, type JsonObject, type KubeObject, type ObjectMeta } from "../../kinds/object.ts";
import { stripAllocated } from "./allocated.ts";

/** Written by kubectl apply for itself, and by the deployment controller of every cluster for its own revisions. */
const NOT_RENDERED = new Set(["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"]);

export function render(content: KubeObject, template: TemplateRef, share: Share): KubeObject {
  const { apiVersion: _version, kind: _kind, metadata, status: _status, ...body } = content;
  const object: KubeObject = {
    apiVersion: template.apiVersion,
    kind: template.kind,
    metadata: renderMetadata(metadata, template),
    ...body,
  };
  for (const [path, value] of Object.entries(share)) fill(object, path.split("."), value);
  stripAllocated(template.resource, object);
  return object;
}

function renderMetadata(from: ObjectMeta, template: TemplateRef): ObjectMeta {
  const metadata: ObjectMeta = { name: template.name };
  if (template.namespace !== "") metadata.namespace = template.namespace;
  metadata.labels = { ...from?.labels, [BINDING_LABEL]: template.uid };
  const annotations = Object.entries(from?.annotations ?? {}).filter(([name]) => !NOT_RENDERED.has(name));
  if (annotations.length > 0) metadata.annotations = Object.fromEntries(annotations);
  return metadata;
}

/** Sets a dotted path, copying the objects on the way. */
function fill(object: JsonObject, path: string[], value: number): void {
  const [field, ...rest] = path;
  if (field === undefined) return;
  if (rest.length === 0) {
    object[field] = value;
    return;
  }
  const inner = { ...(object[field] as JsonObject | undefined) };
  object[field] = inner;
  fill(inner, rest, value);
}

export interface Manner {
  policy: "apply" | "ensure";
  /** New objects are applied in ascending, removed in descending order. */
  rank: number;
  /** Never made a second time. */
  once?: true;
}

/** How an agent handles objects of a kind with this rule. */
export function mannerOf(rule: FederationRule): Manner {
  switch (rule.rule) {
    case "container":
      return { policy: "ensure", rank: 0 };
    case "follower":
      // What scales a workload comes when that is there, and goes before it: its replicas are its share's until then.
      return { policy: "apply", rank: rule.finds !== undefined && "target" in rule.finds ? 30 : 10 };
    case "workload":
      return { policy: "apply", rank: 20, ...(rule.once === true ? { once: true } : {}) };
    case "root":
      return { policy: "apply", rank: 20 };
  }
}

/** "deployments.apps" -> "deployments": the member's path segment. */
export function pluralOf(template: Pick<TemplateRef, "resource" | "apiVersion">): string {
  const { group } = parseApiVersion(template.apiVersion);
  return group === "" ? template.resource : template.resource.slice(0, -group.length - 1);
}
