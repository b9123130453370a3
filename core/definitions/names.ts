// Which of the names that a CustomResourceDefinition asks for it gets: within a group no two resources share a plural, singular or short name, and
// no two kinds a name; who came first keeps them (apiextensions-apiserver pkg/controller/status/naming_controller.go).
import type { KubeObject } from "../../kinds/object.ts";

export interface DefinitionNames {
  plural: string;
  singular?: string;
  shortNames?: string[];
  kind: string;
  listKind?: string;
  categories?: string[];
}

export interface Condition {
  type: string;
  status: "True" | "False";
  reason: string;
  message: string;
  lastTransitionTime?: string;
}

export interface Judged {
  accepted: DefinitionNames;
  namesAccepted: Condition;
  established: Condition;
}

/** Names that are taken within the group, by others. */
export interface Taken {
  resources: ReadonlySet<string>;
  kinds: ReadonlySet<string>;
}

export function takenBy(definitions: Iterable<KubeObject>, group: string, butNot: string): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { metadata, spec, status } of definitions) {
    if (spec?.group !== group || metadata.name === butNot) continue;
    const names = (status?.acceptedNames ?? {}) as Partial<DefinitionNames>;
    for (const name of [names.plural, names.singular, ...(names.shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [names.kind, names.listKind]) if (name) kinds.add(name);
  }
  return { resources, kinds };
}

export function judgeNames({ spec, status }: KubeObject, taken: Taken): Judged {
  const asked = spec.names as DefinitionNames;
  const accepted = { plural: "", kind: "", ...status?.acceptedNames } as DefinitionNames;
  const had = { ...accepted };
  let conflict: Pick<Condition, "reason" | "message"> | undefined;
  const settle = (
    field: "plural" | "singular" | "kind" | "listKind",
    reason: string,
    used: ReadonlySet<string>,
  ): void => {
    const name = asked[field] ?? "";
    if (name !== had[field] && used.has(name)) conflict = { reason, message: inUse(name) };
    else accepted[field] = name;
  };
  settle("plural", "PluralConflict", taken.resources);
  settle("singular", "SingularConflict", taken.resources);
  const known = new Set(had.shortNames);
  const clashes = (asked.shortNames ?? []).filter((name) => !known.has(name) && taken.resources.has(name));
  if (clashes.length > 0) {
    const all = clashes.map(inUse);
    conflict = { reason: "ShortNamesConflict", message: all.length === 1 ? all[0]! : `[${all.join(", ")}]` };
  } else if (asked.shortNames === undefined) delete accepted.shortNames;
  else accepted.shortNames = asked.shortNames;
  settle("kind", "KindConflict", taken.kinds);
  settle("listKind", "ListKindConflict", taken.kinds);
  if (asked.categories === undefined) delete accepted.categories;
  else accepted.categories = asked.categories;

  const before = (status?.conditions as Condition[] | undefined)?.find(({ type }) => type === "Established");
  const namesAccepted: Condition =
    conflict === undefined
      ? { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" }
      : { type: "NamesAccepted", status: "False", ...conflict };
  // Once established it stays so: its objects are there.
  if (before?.status === "True") return { accepted, namesAccepted, established: before };
  const established: Condition =
    conflict === undefined
      ? {
          type: "Established",
          status: "True",
          reason: "InitialNamesAccepted",
          message: "the initial names have been accepted",
        }
      : { type: "Established", status: "False", reason: "NotAccepted", message: "not all names are accepted" };
  return { accepted, namesAccepted, established };
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;

/** Sets or replaces a condition; the time moves only with the status. The same array where nothing changes. */
export function withCondition(conditions: readonly Condition[], next: Condition, now: string): Condition[] {
  const before = conditions.find(({ type }) => type === next.type);
  const { type, status, reason, message } = next;
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
  const made = { lastTransitionTime, message, reason, status, type };
  return before === undefined
    ? [...conditions, made]
    : conditions.map((condition) => (condition === before ? made : condition));
}
