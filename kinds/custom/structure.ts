// What makes a schema structural (apiextensions-apiserver pkg/apiserver/schema/validation.go, pkg/apis/apiextensions/validation): every place has one
// type, junctors only narrow it, and nothing is said twice. `path` is the schema's own: "spec.validation.openAPIV3Schema".
import type { FieldError } from "../kind.ts";
import type { JsonValue } from "../object.ts";
import { duplicate, forbidden, invalid, notSupported, required } from "../rules/errors.ts";
import { setSchemaDefaults } from "./defaults.ts";
import { additionalOf, isObject, itemsOf, type Props } from "./props.ts";
import { prune } from "./prune.ts";
import { compilePattern, validateSchema } from "./validate.ts";

type Level = "root" | "field" | "item";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

export function structuralErrors(props: Props, path: string): FieldError[] {
  return visit(props, path, "root");
}

const fieldPath = (path: string, name: string): string => `${path}.properties[${name}]`;

function visit(props: Props, path: string, level: Level): FieldError[] {
  const errors: FieldError[] = [
    ...shapeErrors(props, path, level),
    ...listErrors(props, path),
    ...mapErrors(props, path),
  ];
  if (props.pattern !== undefined && compilePattern(props.pattern) === undefined)
    errors.push(invalid(`${path}.pattern`, props.pattern, "must be a valid regular expression, but isn't"));
  errors.push(...junctorErrors(props, path, level));
  if (props.default !== undefined) errors.push(...defaultErrors(props, `${path}.default`));
  for (const [index, { rule }] of (props["x-kubernetes-validations"] ?? []).entries())
    if (!rule?.trim())
      errors.push(required(`${path}.x-kubernetes-validations[${index}].rule`, "rule is not specified"));
  for (const [name, own] of Object.entries(props.properties ?? {}))
    if (name !== "metadata" || level !== "root") errors.push(...visit(own, fieldPath(path, name), "field"));
  const items = itemsOf(props);
  if (items !== undefined) errors.push(...visit(items, `${path}.items`, "item"));
  const additional = additionalOf(props);
  if (additional !== undefined) errors.push(...visit(additional, `${path}.additionalProperties`, "field"));
  return errors;
}

function shapeErrors(props: Props, path: string, level: Level): FieldError[] {
  const errors: FieldError[] = [];
  const { type } = props;
  const embedded = props["x-kubernetes-embedded-resource"] === true;
  const preserve = props["x-kubernetes-preserve-unknown-fields"];
  const either = props["x-kubernetes-int-or-string"] === true;
  if (type && !TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES));
  if (type === "array" && props.items === undefined) errors.push(required(`${path}.items`, "must be specified"));
  if (props.additionalProperties !== undefined && props.additionalProperties !== false) {
    if (level === "root") errors.push(forbidden(`${path}.additionalProperties`, "must not be used at the root"));
    if (props.properties !== undefined && Object.keys(props.properties).length > 0)
      errors.push(
        forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"),
      );
  }
  if (props.uniqueItems)
    errors.push(
      forbidden(
        `${path}.uniqueItems`,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
      ),
    );
  const wantsObject = "must be object if x-kubernetes-embedded-resource is true";
  if (embedded && type !== "object")
    errors.push(type ? invalid(`${path}.type`, type, wantsObject) : required(`${path}.type`, wantsObject));
  else if (!type && !either && !preserve) {
    const where = { root: "at the root", item: "for specified array items", field: "for specified object fields" };
    errors.push(required(`${path}.type`, `must not be empty ${where[level]}`));
  }
  if (embedded && props.additionalProperties !== undefined)
    errors.push(forbidden(`${path}.additionalProperties`, "must not be used if x-kubernetes-embedded-resource is set"));
  if (embedded && !preserve && Object.keys(props.properties ?? {}).length === 0)
    errors.push(
      required(
        `${path}.properties`,
        "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
      ),
    );
  if (level === "root" && type && type !== "object")
    errors.push(invalid(`${path}.type`, type, "must be object at the root"));
  if (preserve === false)
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"));
  if (either && preserve)
    errors.push(
      invalid(
        `${path}.x-kubernetes-preserve-unknown-fields`,
        true,
        "must be false if x-kubernetes-int-or-string is true",
      ),
    );
  if (level === "root" || embedded) {
    for (const key of ["kind", "apiVersion"]) {
      const own = props.properties?.[key];
      if (own !== undefined && own.type !== "string")
        errors.push(invalid(`${fieldPath(path, key)}.type`, own.type ?? "", "must be string"));
    }
    const metadata = props.properties?.["metadata"];
    if (metadata !== undefined) errors.push(...metadataErrors(metadata, fieldPath(path, "metadata"), level));
  }
  return errors;
}

function metadataErrors(metadata: Props, path: string, level: Level): FieldError[] {
  const errors = metadata.type === "object" ? [] : [invalid(`${path}.type`, metadata.type ?? "", "must be object")];
  if (level !== "root") return errors;
  const others = Object.keys(metadata.properties ?? {}).filter((key) => key !== "name" && key !== "generateName");
  const { type: _type, description: _description, properties: _properties, ...more } = metadata;
  if (others.length > 0 || Object.keys(more).length > 0)
    errors.push(
      forbidden(
        path,
        "must not specify anything other than name and generateName, but metadata is implicitly specified",
      ),
    );
  return errors;
}

function listErrors(props: Props, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const kind = props["x-kubernetes-list-type"];
  const keys = props["x-kubernetes-list-map-keys"] ?? [];
  const at = `${path}.x-kubernetes-list-map-keys`;
  if (kind !== undefined) {
    const why = "must be array if x-kubernetes-list-type is specified";
    if (props.type !== "array")
      errors.push(props.type ? invalid(`${path}.type`, props.type, why) : required(`${path}.type`, why));
    if (!["atomic", "set", "map"].includes(kind))
      errors.push(notSupported(`${path}.x-kubernetes-list-type`, kind, ["atomic", "set", "map"]));
  }
  if (keys.length > 0 && kind !== "map") {
    const why = "must be map if x-kubernetes-list-map-keys is non-empty";
    const where = `${path}.x-kubernetes-list-type`;
    errors.push(kind === undefined ? required(where, why) : invalid(where, kind, why));
  }
  if (kind !== "map") return errors;
  if (keys.length === 0) errors.push(required(at, "must not be empty if x-kubernetes-list-type is map"));
  const items = itemsOf(props);
  if (items === undefined)
    return [...errors, required(`${path}.items`, "must have a schema if x-kubernetes-list-type is map")];
  if (items.type !== "object")
    errors.push(
      invalid(`${path}.items.type`, items.type ?? "", "must be object if parent array's x-kubernetes-list-type is map"),
    );
  for (const key of keys) {
    const own = items.properties?.[key];
    if (own === undefined) {
      errors.push(invalid(at, keys, "entries must all be names of item properties"));
      continue;
    }
    if (own.type === "array" || own.type === "object")
      errors.push(
        invalid(
          `${path}.items.properties[${key}].type`,
          items.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      );
    if (own.default === undefined && !items.required?.includes(key))
      errors.push(
        required(
          `${path}.items.properties[${key}].default`,
          "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
        ),
      );
  }
  if (new Set(keys).size !== keys.length) errors.push(invalid(at, keys, "must not contain duplicate entries"));
  return errors;
}

function mapErrors(props: Props, path: string): FieldError[] {
  const kind = props["x-kubernetes-map-type"];
  if (kind === undefined) return [];
  const why = "must be object if x-kubernetes-map-type is specified";
  const errors: FieldError[] = [];
  if (props.type !== "object")
    errors.push(props.type ? invalid(`${path}.type`, props.type, why) : required(`${path}.type`, why));
  if (kind !== "atomic" && kind !== "granular")
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, kind, ["atomic", "granular"]));
  return errors;
}

const NOT_NESTED: readonly (readonly [keyof Props, string])[] = [
  ["type", "must be empty to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
];

function junctorErrors(props: Props, path: string, level: Level): FieldError[] {
  // Only at the root must what is narrowed be said outside too (complete.go).
  const outer = level === "root" ? props : undefined;
  const either = props["x-kubernetes-int-or-string"] === true;
  const errors: FieldError[] = [];
  for (const junctor of ["allOf", "anyOf", "oneOf"] as const)
    for (const [index, one] of (props[junctor] ?? []).entries()) {
      // The one pattern in which an int-or-string may name its types.
      if (either && isIntOrString(props, junctor, index)) continue;
      errors.push(...nestedErrors(one, outer, `${path}.${junctor}[${index}]`));
    }
  if (props.not !== undefined) errors.push(...nestedErrors(props.not, outer, `${path}.not`));
  return errors;
}

function isIntOrString(props: Props, junctor: "allOf" | "anyOf" | "oneOf", index: number): boolean {
  const names = (some: readonly Props[] | undefined): string => (some ?? []).map(({ type }) => type ?? "").join();
  if (junctor === "anyOf") return names(props.anyOf) === "integer,string";
  return junctor === "allOf" && index === 0 && names(props.allOf?.[0]?.anyOf) === "integer,string";
}

/** `outer`: where what is narrowed must be said, if it must. */
function nestedErrors(props: Props, outer: Props | undefined, path: string): FieldError[] {
  const errors: FieldError[] = NOT_NESTED.filter(([key]) => Boolean(props[key])).map(([key, why]) =>
    forbidden(`${path}.${key}`, why),
  );
  if (props.additionalProperties !== undefined)
    errors.push(forbidden(`${path}.additionalProperties`, "must be undefined to be structural"));
  for (const [name, own] of Object.entries(props.properties ?? {})) {
    const there = outer?.properties?.[name];
    if (name === "metadata") errors.push(forbidden(fieldPath(path, name), "must not be specified in a nested context"));
    if (there === undefined && outer !== undefined && additionalOf(outer) === undefined)
      errors.push(
        required(
          fieldPath(path.replace(/\.(allOf|anyOf|oneOf)\[\d+\]|\.not/g, ""), name),
          `because it is defined in ${fieldPath(path, name)}`,
        ),
      );
    errors.push(...nestedErrors(own, there ?? (outer && additionalOf(outer)), fieldPath(path, name)));
  }
  const items = itemsOf(props);
  if (items !== undefined) errors.push(...nestedErrors(items, outer && itemsOf(outer), `${path}.items`));
  for (const junctor of ["allOf", "anyOf", "oneOf"] as const)
    for (const [index, one] of (props[junctor] ?? []).entries())
      errors.push(...nestedErrors(one, outer, `${path}.${junctor}[${index}]`));
  return props.not === undefined ? errors : [...errors, ...nestedErrors(props.not, outer, `${path}.not`)];
}

/** A default is what the schema would leave of it, and valid. */
function defaultErrors(props: Props, path: string): FieldError[] {
  const value = JSON.parse(JSON.stringify(props.default)) as JsonValue;
  const before = JSON.stringify(value);
  const holder = { type: "object", properties: { value: { ...props, default: undefined } } } as Props;
  const held = { value };
  if (isObject(value) || Array.isArray(value)) prune(held, holder);
  if (JSON.stringify(held.value) !== before) return [invalid(path, props.default, "must not have unknown fields")];
  setSchemaDefaults(held, holder);
  // Upstream validates it by itself, without a name.
  return validateSchema(held.value, props, "").map((error) => ({
    ...error,
    field: error.field === "" ? path : `${path}.${error.field}`,
  }));
}

export function selectableErrors(
  fields: readonly { jsonPath?: string }[],
  typeAt: (path: readonly string[]) => Props | undefined,
  parse: (text: string) => readonly string[] | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath = "" }, index): FieldError[] => {
    const at = `${path}[${index}].jsonPath`;
    if (jsonPath === "") return [required(at)];
    const steps = parse(jsonPath);
    const found = steps === undefined ? undefined : typeAt(steps);
    if (steps === undefined || found === undefined)
      return [invalid(at, jsonPath, "is an invalid path: does not refer to a valid field")];
    if (steps[0] === "metadata") return [invalid(at, jsonPath, "must not point to fields in metadata")];
    if (!["string", "boolean", "integer"].includes(found.type ?? ""))
      return [
        invalid(
          at,
          jsonPath,
          "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.",
        ),
      ];
    if (seen.has(jsonPath)) return [duplicate(at, jsonPath)];
    seen.add(jsonPath);
    return [];
  });
  return errors;
}
