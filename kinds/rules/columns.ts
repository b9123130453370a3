// Columns that several kinds share, as kk:pkg/printers/internalversion/printers.go prints them.
import type { Column } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { age } from "./duration.ts";

export const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name of the object",
  cell: (object) => object.metadata.name,
};

export const AGE: Column = {
  name: "Age",
  type: "string",
  description: "Time since creation",
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

/** What kinds without a printer of their own show instead of an age. */
export const CREATED_AT: Column = {
  name: "Created At",
  type: "date",
  description: "Creation time",
  cell: (object) => object.metadata.creationTimestamp ?? null,
};

/** -o wide columns of whatever holds a pod template; `specOf` finds the spec that holds it. */
export function templateColumns(
  selector: (spec: Loose) => string,
  specOf: (object: KubeObject) => Loose = (object) => object.spec,
): readonly Column[] {
  return [
    {
      name: "Containers",
      type: "string",
      priority: 1,
      description: "Names of the template's containers",
      cell: (object) => list(specOf(object)?.template?.spec?.containers, "name"),
    },
    {
      name: "Images",
      type: "string",
      priority: 1,
      description: "Images of the template's containers",
      cell: (object) => list(specOf(object)?.template?.spec?.containers, "image"),
    },
    {
      name: "Selector",
      type: "string",
      priority: 1,
      description: "Pods that are counted",
      cell: (object) => selector(specOf(object)),
    },
  ];
}

function list(containers: Loose, field: "name" | "image"): string {
  return (containers ?? []).map((container: Loose) => container[field] ?? "").join(",");
}
