// What an Override may not say although its shape allows it: images that change nothing or are none, patches that are not well formed or change
// who an object is, variables that do not exist. Whether a patch fits what it is applied to only the template and the cluster tell.
import type { FieldError } from "../kind.ts";
import type { OverrideSpec, PatchOperation } from "../placement.ts";
import { parseImage } from "../podspec/image.ts";
import { validateClusterSelectors, validateObjectSelectors } from "../placement/selectors.ts";
import { forbidden, invalid, required } from "../rules/errors.ts";
import { parsePointer, pointerRefusal } from "../rules/pointer.ts";
import { stringsIn, variableError } from "../rules/variables.ts";

type Rule = OverrideSpec["rules"][number];

export function validateOverrideSpec(spec: OverrideSpec, namespaced: boolean): FieldError[] {
  return [
    ...validateObjectSelectors(spec.selectors, "spec.selectors", namespaced),
    ...spec.rules.flatMap((rule, index) => validateRule(rule, `spec.rules[${index}]`)),
  ];
}

function validateRule({ clusters, images = [], patches = [] }: Rule, path: string): FieldError[] {
  const errors = validateClusterSelectors(clusters, `${path}.clusters`);
  if (images.length + patches.length === 0) errors.push(required(path, "must have images or patches"));
  return [
    ...errors,
    ...images.flatMap((image, index) => validateImage(image, `${path}.images[${index}]`)),
    ...patches.flatMap((patch, index) => validatePatch(patch, `${path}.patches[${index}]`)),
  ];
}

/** How each part of a reference looks in one; what it becomes for a cluster is looked at again there. */
const PARTS = {
  registry: (text: string) => parseImage(`${text}/image`)?.registry === text,
  repository: (text: string) => parseImage(`localhost/${text}`)?.repository === text,
  tag: (text: string) => parseImage(`image:${text}`)?.tag === text,
  digest: (text: string) => parseImage(`image@${text}`)?.digest === text,
} as const;
const PART_NAMES = ["registry", "repository", "tag", "digest"] as const;

function validateImage(image: NonNullable<Rule["images"]>[number], path: string): FieldError[] {
  if (PART_NAMES.every((part) => image[part] === undefined))
    return [required(path, "must have one of registry, repository, tag and digest")];
  return PART_NAMES.flatMap((part) => {
    const text = image[part];
    if (text === undefined) return [];
    const wrong = text.includes("${")
      ? variableError(text)
      : PARTS[part](text)
        ? undefined
        : `must be the ${part} of an image reference`;
    return wrong === undefined ? [] : [invalid(`${path}.${part}`, text, wrong)];
  });
}

function validatePatch({ op, path: pointer, from, ...rest }: PatchOperation, path: string): FieldError[] {
  const errors = validatePointer(pointer, `${path}.path`, op !== "test");
  if (op === "move" || op === "copy") {
    if (from === undefined) errors.push(required(`${path}.from`, `${op} needs it`));
    else errors.push(...validatePointer(from, `${path}.from`, op === "move"));
  } else if (from !== undefined) errors.push(forbidden(`${path}.from`, `${op} has none`));
  if ((op === "add" || op === "replace" || op === "test") && rest.value === undefined)
    errors.push(required(`${path}.value`, `${op} needs it`));
  for (const text of stringsIn(rest.value)) {
    const wrong = variableError(text);
    if (wrong !== undefined) errors.push(invalid(`${path}.value`, text, wrong));
  }
  return errors;
}

function validatePointer(pointer: string, field: string, changes: boolean): FieldError[] {
  if (parsePointer(pointer) === undefined)
    return [invalid(field, pointer, 'must be a JSON pointer, as "/spec/replicas"')];
  const refused = changes ? pointerRefusal(pointer) : undefined;
  return refused === undefined ? [] : [invalid(field, pointer, refused)];
}
