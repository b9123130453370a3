// The secondary index of bindings and decisions (store refs): how a controller finds, in one query, all bindings of a template, all
// that need a follower, all that a Service may select. Built here alone, so that writers and readers cannot disagree.
import { templateName, type Binding } from "../../kinds/binding.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";

/** All bindings of a template, of any uid: its store name. */
export const ownRef = (template: string): string => template;
/** All bindings that need this follower beside them. */
export const needRef = (follower: string): string => `needs ${follower}`;
/** All bindings in one cluster and namespace: what keeps the Namespace there. */
export const namespaceRef = (cluster: string, namespace: string): string => `in ${cluster} ${namespace}`;
/** All bindings in a namespace whose pods carry this label. */
export const labelRef = (namespace: string, key: string, value: string): string => `label ${namespace} ${key}=${value}`;

export function bindingRefs(cluster: string, binding: Binding): string[] {
  const { namespace } = binding.template;
  const refs = [ownRef(templateName(binding.template))];
  if (namespace !== "") refs.push(namespaceRef(cluster, namespace));
  for (const need of binding.needs) if (!need.startsWith(`${NAMESPACES}/`)) refs.push(needRef(need));
  for (const [key, value] of Object.entries(binding.labels ?? {})) refs.push(labelRef(namespace, key, value));
  return refs;
}
