// Objects as meta.k8s.io Table or PartialObjectMetadata (apiserver endpoints/handlers/response.go). Cells come from core/query.
import { tableColumns, tableRow } from "../../core/query/table.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { storedKind, storedObject } from "./convert.ts";
import type { Exchange } from "./exchange.ts";
import { badRequest } from "./status.ts";

export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

interface Row {
  cells: (string | number | boolean | null)[];
  conditions?: [{ type: "Completed"; status: "True"; reason: string; message: string }];
  object: unknown;
}

export interface Table {
  kind: "Table";
  apiVersion: string;
  metadata: ListMeta;
  columnDefinitions: unknown[] | null;
  rows: Row[] | null;
}

export function metadataOnly(kind: Kind, served: KubeObject, version: string): unknown {
  const object = storedObject(kind, served);
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}

/** @throws ApiError 400 for an includeObject that does not exist. */
function includeObject(query: URLSearchParams): "None" | "Metadata" | "Object" {
  const include = query.get("includeObject") ?? "";
  if (include === "" || include === "Metadata") return "Metadata";
  if (include === "None" || include === "Object") return include;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export function tableOf(
  x: Pick<Exchange, "options" | "output" | "query" | "target">,
  objects: KubeObject[],
  metadata: ListMeta,
): Table {
  const { kind } = x.target;
  const stored = kind.structural === undefined ? storedKind(kind) : kind;
  const include = includeObject(x.query);
  const now = x.options.clock();
  const rows = objects.map((object): Row => {
    const shown =
      include === "Object" ? object : include === "None" ? null : metadataOnly(kind, object, x.output.metaVersion);
    const whole = storedObject(kind, object);
    const completed = stored.completed?.(whole);
    return {
      cells: tableRow(stored, whole, now),
      conditions: completed && [{ type: "Completed", status: "True", ...completed }],
      object: shown,
    };
  });
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${x.output.metaVersion}`,
    metadata,
    columnDefinitions: tableColumns(stored),
    // Kinds without columns of their own are printed by a convertor that appends to nothing (rest/table.go).
    rows: rows.length === 0 && stored.columns.some(({ name }) => name === "Created At") ? null : rows,
  };
}
