// Printer columns of a custom kind (apiextensions-apiserver pkg/registry/customresource/tableconvertor): Name, then what additionalPrinterColumns say;
// without any, Age.
import type { Column } from "../kind.ts";
import type { JsonValue, KubeObject } from "../object.ts";
import { NAME } from "../rules/columns.ts";
import { age } from "../rules/duration.ts";
import { parseJsonPath } from "./jsonpath.ts";

export interface PrinterColumn {
  name: string;
  type: "integer" | "number" | "string" | "boolean" | "date";
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

const CREATED: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "When it was made, by the server's clock (RFC 3339, UTC); empty for lists",
};

export function printerColumns(columns: readonly PrinterColumn[] | undefined): Column[] {
  return [NAME, ...(columns?.length ? columns : [CREATED]).map(columnOf)];
}

function columnOf({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column {
  const path = parseJsonPath(jsonPath);
  return {
    name,
    type,
    ...(format ? { format } : {}),
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority ? { priority } : {}),
    cell: (object: KubeObject, now: number) => {
      const [value] = path?.find(object as unknown as JsonValue) ?? [];
      return value === undefined ? null : cellOf(type, value, now);
    },
  };
}

function cellOf(type: PrinterColumn["type"], value: JsonValue, now: number): string | number | boolean | null {
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      if (typeof value !== "string") return null;
      return Number.isNaN(Date.parse(value)) ? "<invalid>" : age(value, now);
    default:
      if (typeof value === "string") return value;
      return value === null ? "" : printed(value);
  }
}

/** As Go's template prints what is no string. */
function printed(value: JsonValue): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
