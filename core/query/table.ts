// The rows and columns of a meta.k8s.io/v1 Table, from a kind's column list. Cells only: the wire adds the rows' objects.
import type { Column, Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { age } from "../../kinds/rules/duration.ts";

export interface TableColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

const AGE: Column = {
  name: "Age",
  type: "string",
  description: "Time since creation",
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

/** What a kind without columns of its own shows (upstream's default convertor). */
const defaultColumns: readonly Column[] = [
  {
    name: "Name",
    type: "string",
    format: "name",
    description: "Name of the object",
    cell: (object) => object.metadata.name,
  },
  {
    name: "Created At",
    type: "date",
    description: "Creation time",
    cell: (object) => object.metadata.creationTimestamp ?? null,
  },
];

const cache = new WeakMap<Kind, readonly Column[]>();

/** A kind's columns, Age added at the end unless it stands among them or the kind has no age to show. */
function columnsOf(kind: Kind): readonly Column[] {
  const known = cache.get(kind);
  if (known !== undefined) return known;
  const own = kind.columns.length === 0 ? defaultColumns : kind.columns;
  const complete =
    kind.ageless || own.some(({ name }) => name === "Age" || name === "Created At" || name === "Last Seen")
      ? own
      : [...own, AGE];
  cache.set(kind, complete);
  return complete;
}

export function tableColumns(kind: Kind): TableColumn[] {
  const declared = columnsOf(kind).filter(({ undeclared }) => !undeclared);
  return declared.map(({ name, type, format, description, priority }) => ({
    name,
    type,
    format: format ?? "",
    description: description ?? "",
    priority: priority ?? 0,
  }));
}

export function tableRow(kind: Kind, object: KubeObject, now: number): (string | number | boolean | null)[] {
  return columnsOf(kind).map((column) => column.cell(object, now));
}
