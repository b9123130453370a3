// ListOptions of list, watch and deletecollection: parsed and checked as apimachinery internalversion/validation does, in its words.
import { type FieldSelector, matchesFields, parseFieldSelector } from "../../core/query/field.ts";
import { type Selector, matchesLabels, parseLabelSelector } from "../../core/query/selector.ts";
import type { FieldError } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Exchange } from "./exchange.ts";
import { badRequest, invalidOptions } from "./status.ts";

export interface ListOptions {
  labels: Selector;
  fields: FieldSelector;
  /** Any selector is given: objects must be looked into. */
  selective: boolean;
  limit: number;
  continue: string;
  resourceVersion: string;
  match: string;
  watch: boolean;
  bookmarks: boolean;
  sendInitialEvents?: boolean;
  timeoutSeconds?: number;
}

/** Go's Convert_Slice_string_To_bool: anything but these is true. */
export function flag(text: string | null): boolean {
  return text !== null && text !== "false" && text !== "False" && text !== "FALSE" && text !== "0";
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

const forbid = (field: string, text: string): FieldError => ({
  reason: "FieldValueForbidden",
  field,
  message: `Forbidden: ${text}`,
});
const notSupported = (value: string, known: string[]): FieldError => ({
  reason: "FieldValueNotSupported",
  field: "resourceVersionMatch",
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${known.map((k) => JSON.stringify(k)).join(", ")}`,
});

function listErrors(o: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (o.match !== "") {
    if (o.resourceVersion === "")
      errors.push(
        forbid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"),
      );
    if (o.continue !== "")
      errors.push(forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
    if (o.match !== "Exact" && o.match !== "NotOlderThan")
      errors.push(notSupported(o.match, ["Exact", "NotOlderThan", ""]));
    if (o.match === "Exact" && o.resourceVersion === "0") {
      errors.push(forbid("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (o.sendInitialEvents !== undefined)
    errors.push(forbid("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  return errors;
}

function watchErrors(o: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (o.sendInitialEvents !== undefined && o.match !== "NotOlderThan") {
    errors.push(
      forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    );
  }
  if (o.match !== "") {
    if (o.sendInitialEvents === undefined) {
      errors.push(
        forbid(
          "resourceVersionMatch",
          "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
        ),
      );
    }
    if (o.match !== "NotOlderThan") errors.push(notSupported(o.match, ["NotOlderThan"]));
    if (o.continue !== "")
      errors.push(forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
  }
  return errors;
}

const NONE: Selector = [];
const NO_FIELDS: FieldSelector = [];

/** @throws ApiError 400 or 422 */
export function listOptionsOf(x: Exchange): ListOptions {
  const { query, target } = x;
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const parsedLabels = labels === "" ? undefined : parseLabelSelector(labels);
  if (parsedLabels !== undefined && !parsedLabels.ok) throw badRequest(parsedLabels.message);
  const initial = query.get("sendInitialEvents");
  const watch = target.watch || flag(query.get("watch"));
  const options: ListOptions = {
    labels: parsedLabels?.selector ?? NONE,
    fields: NO_FIELDS,
    selective: labels !== "" || fields !== "" || (target.watch && target.name !== ""),
    limit: integer(query, "limit") ?? 0,
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    match: query.get("resourceVersionMatch") ?? "",
    watch,
    bookmarks: flag(query.get("allowWatchBookmarks")),
    timeoutSeconds: integer(query, "timeoutSeconds"),
    sendInitialEvents: initial === null || initial === "" ? undefined : flag(initial),
  };
  const errors = watch ? watchErrors(options) : listErrors(options);
  if (errors.length > 0) throw invalidOptions("ListOptions", errors);
  const name = target.watch && target.name !== "" ? `metadata.name=${target.name}` : "";
  const wanted = [fields, name].filter((part) => part !== "").join(",");
  if (wanted !== "") {
    const parsed = parseFieldSelector(wanted, target.kind);
    if (!parsed.ok) throw badRequest(parsed.message);
    options.fields = parsed.selector;
  }
  return options;
}

export function selects(options: Pick<ListOptions, "labels" | "fields">, object: KubeObject): boolean {
  return matchesLabels(options.labels, object.metadata.labels ?? {}) && matchesFields(options.fields, object);
}

/** A field that must equal one value, where the selector says so: narrows what the store is asked for. */
export function exactField(options: ListOptions, field: string): string | undefined {
  return options.fields.find((term) => term.field === field && !term.negated)?.value;
}
