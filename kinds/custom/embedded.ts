// Objects inside objects (x-kubernetes-embedded-resource) say what they are (apiextensions-apiserver pkg/apiserver/schema/objectmeta/validation.go).
import type { FieldError } from "../kind.ts";
import type { JsonValue } from "../object.ts";
import { required } from "../rules/errors.ts";
import { additionalOf, isObject, itemsOf, type Props } from "./props.ts";
import { ownProps } from "./prune.ts";

export function embeddedErrors(value: JsonValue | undefined, props: Props, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(props);
    return items === undefined ? [] : value.flatMap((one, index) => embeddedErrors(one, items, `${path}[${index}]`));
  }
  if (!isObject(value)) return [];
  const errors = props["x-kubernetes-embedded-resource"]
    ? ["apiVersion", "kind"].filter((key) => !value[key]).map((key) => required(`${path}.${key}`))
    : [];
  const additional = additionalOf(props);
  for (const [key, one] of Object.entries(value)) {
    const own = ownProps(props, key) ?? additional;
    if (own !== undefined) errors.push(...embeddedErrors(one, own, path === "" ? key : `${path}.${key}`));
  }
  return errors;
}
