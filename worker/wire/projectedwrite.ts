// A write to a projected object (a Node) as a write to the row it is computed from (its Cluster): the same version is compared, one row is
// committed. Both show the same managers for the fields that both have; what else they own of the source is not seen through the projection,
// and stays theirs whatever is written through it.
import {
  difference,
  EMPTY,
  type FieldSet,
  fieldNames,
  has,
  isEmpty,
  recursiveDifference,
  union,
} from "../../core/patch/apply/fieldset.ts";
import { decodeManagers, encodeManagers, managerId, type Managers } from "../../core/patch/apply/managers.ts";
import { type FieldError, kindKey, type Projection, type ProjectionWrites } from "../../kinds/kind.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import { originalText } from "./convert.ts";
import { type Exchange, apiVersionOf } from "./exchange.ts";
import { parseRow, storedText } from "./splice.ts";
import { methodNotAllowed } from "./status.ts";
import type { StoredChange, UpdateRequest } from "./write.ts";

export function projectionOf({ options, target }: Pick<Exchange, "options" | "target">): Projection | undefined {
  return options.projections?.[kindKey(target.kind)];
}

/** The source's text as the projected object's. */
export function projectedText(projection: Projection, source: KubeObject): string {
  const projected = projection.project(source) as unknown as KubeObject;
  const { writes } = projection;
  if (writes !== undefined)
    projected.metadata.managedFields = shownManagers(source.metadata.managedFields, projected.apiVersion, writes);
  return storedText(projected);
}

/** @throws ApiError 405 */
export function intoSource(x: Exchange, projection: Projection, request: UpdateRequest): StoredChange {
  const { row, old, next, tracked = false } = request;
  const kind = x.options.kinds.all.find((one) => kindKey(one) === projection.source);
  const { writes } = projection;
  if (kind === undefined || writes === undefined) throw methodNotAllowed();
  const text = originalText(row);
  const source = parseRow(text, row.version);
  const errors = [
    ...(x.target.kind.validate?.(next, old) ?? []),
    // Only apply has settled who owns what before.
    ...writes.write({ next, old, source, applied: tracked }),
  ] satisfies FieldError[];
  source.metadata.managedFields = keptManagers(
    source.metadata.managedFields,
    next.metadata.managedFields,
    apiVersionOf(kind),
    writes,
  );
  kind.setDefaults?.(source);
  return {
    kind,
    old: parseRow(text, row.version),
    next: source,
    errors,
    key: { resource: projection.source, namespace: "", name: x.target.name },
    served: (written) => projectedText(projection, JSON.parse(written) as KubeObject),
  };
}

function moved(set: FieldSet, renamed: ProjectionWrites["renamed"], way: "there" | "back"): FieldSet {
  let result = set;
  for (const [projected, there] of renamed) {
    const [from, to] = way === "there" ? [projected, there] : [there, projected];
    // Of two fields that share the one name, each is seen from its own side alone.
    result = difference(result, fieldNames([to]));
    if (!has(set, elements(from))) continue;
    result = union(difference(result, fieldNames([from])), fieldNames([to]));
  }
  return result;
}

const elements = (path: readonly string[]): string[] => path.map((name) => `f:${name}`);

/** What of a manager's fields the projection has. */
function shown(set: FieldSet, { fields, renamed }: ProjectionWrites): FieldSet {
  const hidden = recursiveDifference(set, fieldNames(fields));
  return moved(difference(set, hidden), renamed, "back");
}

function shownManagers(
  entries: ManagedFieldsEntry[] | undefined,
  apiVersion: string,
  writes: ProjectionWrites,
): ManagedFieldsEntry[] | undefined {
  const managers: Managers = new Map();
  for (const owner of (decodeManagers(entries) ?? new Map()).values()) {
    const set = shown(owner.set, writes);
    if (!isEmpty(set)) managers.set(managerId({ ...owner, apiVersion }), { ...owner, apiVersion, set });
  }
  return encodeManagers(managers);
}

/** The source's managers, with what the projected object's now own in the place of what they owned of it. */
function keptManagers(
  before: ManagedFieldsEntry[] | undefined,
  after: ManagedFieldsEntry[] | undefined,
  apiVersion: string,
  writes: ProjectionWrites,
): ManagedFieldsEntry[] | undefined {
  const managers: Managers = new Map();
  const decoded: Managers = decodeManagers(before) ?? new Map();
  const seen = fieldNames(writes.fields);
  const backs = writes.renamed.map(([projected]) => projected);
  for (const [id, owner] of decoded) {
    // What stands under a name that the projection uses otherwise is not seen there either.
    const veiled = backs.filter((path) => has(owner.set, elements(path)));
    const set = union(recursiveDifference(owner.set, seen), fieldNames(veiled));
    if (!isEmpty(set)) managers.set(id, { ...owner, set });
  }
  for (const owner of (decodeManagers(after) ?? new Map()).values()) {
    const id = managerId({ ...owner, apiVersion });
    const own = moved(recursiveDifference(owner.set, fieldNames(writes.computed)), writes.renamed, "there");
    const set = union(own, managers.get(id)?.set ?? EMPTY);
    const { source } = decoded.get(id) ?? {};
    if (!isEmpty(set)) managers.set(id, { ...owner, apiVersion, set, ...(source === undefined ? {} : { source }) });
  }
  return encodeManagers(managers, before);
}
