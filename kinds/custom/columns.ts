// The columns of a custom resource's table (apiextensions-apiserver pkg/registry/customresource/tableconvertor): its name and what
// additionalPrinterColumns find, or its age.
import type { Column } from "../kind.ts";
import type { JsonObject, JsonValue, KubeObject } from "../object.ts";
import { age } from "../rules/duration.ts";
import { parseJsonPath } from "./jsonpath.ts";
import { sorted } from "./lists.ts";
import { goFloat } from "./result.ts";

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

const NAME_DESCRIPTION =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
const AGE_DESCRIPTION =
  "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: NAME_DESCRIPTION,
  cell: ({ metadata }) => metadata.name,
};
const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  description: AGE_DESCRIPTION,
  jsonPath: ".metadata.creationTimestamp",
};

export function printerColumns(columns: readonly PrinterColumn[] | undefined): Column[] {
  return [NAME, ...(columns?.length ? columns : [AGE]).map(printerColumn)];
}

function printerColumn({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column {
  const find = parseJsonPath(jsonPath);
  return {
    name,
    type: type as Column["type"],
    format,
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority,
    cell(object: KubeObject, now: number) {
      const [value] = find?.(object as unknown as JsonObject) ?? [];
      return value === undefined ? null : cellOf(type, value, now);
    },
  };
}

function cellOf(type: string, value: JsonValue, now: number): string | number | boolean | null {
  if (type === "string") return printed(value);
  if (typeof value === "number") return type === "number" ? value : type === "integer" ? Math.trunc(value) : null;
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  if (type !== "date" || typeof value !== "string") return null;
  return Number.isNaN(Date.parse(value)) || !/^\d{4}-\d{2}-\d{2}T/.test(value) ? "<invalid>" : age(value, now);
}

/** As fmt.Sprint prints it, and objects and lists as JSON. */
export function printed(value: JsonValue): string {
  if (value === null) return "<no value>";
  if (typeof value === "object") return JSON.stringify(sorted(value));
  return typeof value === "number" ? goFloat(value) : String(value);
}
