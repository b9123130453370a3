// Takes out what a structural schema does not name (apiextensions-apiserver pkg/apiserver/schema/pruning): in place, answering with the paths of
// what went, for fieldValidation. apiVersion, kind and metadata of the object and of embedded resources are not its business.
import type { JsonObject, JsonValue } from "../object.ts";
import { additionalOf, isObject, itemsOf, keepsAny, type Props } from "./props.ts";

const TYPE_META: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/** @returns "spec.foo", "spec.list[0].bar": by name. */
export function prune(object: JsonObject, props: Props): string[] {
  const found: string[] = [];
  pruneObject(object, props, "", true, found);
  return found.sort();
}

function pruneValue(value: JsonValue, props: Props, path: string, found: string[]): void {
  if (Array.isArray(value)) {
    const items = itemsOf(props);
    if (items === undefined) return;
    for (const [index, item] of value.entries()) pruneValue(item, items, `${path}[${index}]`, found);
  } else if (isObject(value)) {
    pruneObject(value, props, path, props["x-kubernetes-embedded-resource"] === true, found);
  }
}

function pruneObject(object: JsonObject, props: Props, path: string, root: boolean, found: string[]): void {
  const additional = additionalOf(props);
  const keeps = keepsAny(props);
  for (const key of Object.keys(object)) {
    if (root && TYPE_META.has(key)) continue;
    const at = path === "" ? key : `${path}.${key}`;
    const own = ownProps(props, key) ?? additional;
    if (own !== undefined) pruneValue(object[key]!, own, at, found);
    else if (!keeps) {
      delete object[key];
      found.push(at);
    }
  }
}

export function ownProps({ properties }: Props, key: string): Props | undefined {
  return properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
}
