// Whether an applied configuration fits the schema, with the errors structured-merge-diff gives (typed/validate.go): unknown fields,
// values of another type, list items without keys or twice. Only configurations are checked; live objects may hold duplicates.
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { goSyntax, goText } from "../strategic/directives.ts";
import { field, isMap } from "../value.ts";
import { itemElement, printElement } from "./element.ts";
import { fieldType, isAtomic, itemType, shape } from "./typed.ts";

/** The joined errors, or undefined when there are none. */
export function configErrors(value: JsonValue, schema: Schema): string | undefined {
  const walk = new Walk();
  walk.check(value, schema);
  const { errors } = walk;
  return errors.length <= 1 ? errors[0] : ["errors:", ...errors.map((error) => `  ${error}`)].join("\n");
}

class Walk {
  readonly errors: string[] = [];
  /** Elements from the root on; printed only for an error. */
  private readonly path: string[] = [];

  private report(text: string): void {
    const where = this.path.map(printElement).join("");
    this.errors.push(where === "" ? text : `${where}: ${text}`);
  }

  private within(element: string, value: JsonValue, schema: Schema): void {
    this.path.push(element);
    this.check(value, schema);
    this.path.pop();
  }

  check(value: JsonValue, schema: Schema): void {
    if (value === null) return;
    const as = shape(schema, value);
    if (as === "scalar") {
      const wrong = scalarError(value, schema);
      if (wrong !== undefined) this.report(wrong);
    } else if (as === "map") {
      if (isMap(value)) this.fields(value, schema);
      else this.report(`expected map, got &{${goText(value)}}`);
    } else if (Array.isArray(value)) this.items(value, schema);
    else this.report(`expected list, got &{${goText(value)}}`);
  }

  private fields(map: JsonObject, schema: Schema): void {
    for (const name of Object.keys(map)) {
      const type = fieldType(schema, name);
      if (type !== undefined) this.within(`f:${name}`, map[name]!, type);
      else {
        this.path.push(`f:${name}`);
        this.report("field not declared in schema");
        this.path.pop();
      }
    }
  }

  private items(list: JsonValue[], schema: Schema): void {
    if (isAtomic(schema, "list")) {
      list.forEach((item, i) => this.within(`i:${i}`, item, itemType(schema)));
      return;
    }
    const seen = new Set<string>();
    list.forEach((item, i) => {
      const wrong = itemError(item, schema);
      if (wrong !== undefined) {
        this.report(`element ${i}: ${wrong}`);
        return;
      }
      const element = itemElement(schema, item)!;
      if (seen.has(element)) this.report(`duplicate entries for key ${printElement(element)}`);
      seen.add(element);
      this.within(element, item, itemType(schema));
    });
  }
}

function itemError(item: JsonValue, list: Schema): string | undefined {
  const keys = list.listKeys ?? (list.patchMergeKey === undefined ? undefined : [list.patchMergeKey]);
  if (keys === undefined) {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    if (Array.isArray(item)) return "not supported: associative list with lists as elements";
    return isMap(item) ? "associative list without keys has an element that's a map type" : undefined;
  }
  if (item === null) return "associative list with keys may not have a null element";
  if (!isMap(item)) return "associative list with keys may not have non-map elements";
  const present = keys.some(
    (key) => field(item, key) !== undefined || list.items?.properties?.get(key)?.default !== undefined,
  );
  const names = keys.map((key) => JSON.stringify(key)).join(" ");
  return present
    ? undefined
    : `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`;
}

function scalarError(value: JsonValue, schema: Schema): string | undefined {
  const scalar = typeof value !== "object";
  const { type, format } = schema;
  if (type === "integer" || type === "number")
    return typeof value === "number" ? undefined : `expected numeric (int or float), got ${goType(value)}`;
  if (type === "boolean") return typeof value === "boolean" ? undefined : `expected boolean, got &{${goText(value)}}`;
  if (type === "string" && (format === undefined || format === "byte")) {
    return typeof value === "string"
      ? undefined
      : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  }
  // Any value, to the OpenAPI that upstream's types are made of; who decodes it will tell.
  if (format === "int-or-string" || format === "quantity") return undefined;
  return scalar ? undefined : `expected any scalar, got &{${goText(value)}}`;
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return "[]interface {}";
  return isMap(value) ? "map[string]interface {}" : typeof value === "boolean" ? "bool" : "string";
}
