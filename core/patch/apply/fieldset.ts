// A set of field paths as a trie, and FieldsV1 (metadata.managedFields[].fieldsV1) in and out of it. Immutable: operations return
// the operand itself where nothing changes, so `difference(a, b) === a` means that nothing was taken away.
// structured-merge-diff fieldpath/set.go, serialize.go.
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import { isMap } from "../value.ts";
import { canonicalElement, printElement, sortElements } from "./element.ts";

/** A node stands for the path that leads to it. Invariant: below the root every node is a member or has children. */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet> | undefined;
}

export const EMPTY: FieldSet = { member: false, children: undefined };
export const LEAF: FieldSet = { member: true, children: undefined };

export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children === undefined;
}

/** Children without any entry are none at all. */
export function node(member: boolean, children: ReadonlyMap<string, FieldSet> | undefined): FieldSet {
  if (children === undefined || children.size === 0) return member ? LEAF : EMPTY;
  return { member, children };
}

export function asMember(set: FieldSet): FieldSet {
  return set.member ? set : node(true, set.children);
}

/** A set of the given paths, each a list of elements. */
export function fieldSet(paths: readonly (readonly string[])[]): FieldSet {
  return paths.reduce(
    (set, path) =>
      union(
        set,
        path.reduceRight<FieldSet>((child, element) => node(false, new Map([[element, child]])), LEAF),
      ),
    EMPTY,
  );
}

/** Field names only, e.g. [["metadata", "name"]]. */
export function fieldNames(paths: readonly (readonly string[])[]): FieldSet {
  return fieldSet(paths.map((path) => path.map((name) => `f:${name}`)));
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set;
  for (const element of path) at = at?.children?.get(element);
  return path.length > 0 && at?.member === true;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  let children = a.children;
  if (b.children !== undefined) {
    let copy: Map<string, FieldSet> | undefined;
    for (const [element, child] of b.children) {
      const mine = a.children?.get(element);
      const both = mine === undefined ? child : union(mine, child);
      if (both !== mine) (copy ??= new Map(a.children)).set(element, both);
    }
    children = copy ?? a.children;
  }
  const member = a.member || b.member;
  return member === a.member && children === a.children ? a : { member, children };
}

/** Members of a that are no members of b. A parent says nothing about its children, nor they about it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false);
}

/** Like difference, but a member of b takes everything below it away too. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true);
}

function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  if (a === b || (recursive && b.member)) return EMPTY;
  let children = a.children;
  if (a.children !== undefined && b.children !== undefined) {
    let copy: Map<string, FieldSet> | undefined;
    // Walk the smaller side: a strip set has a dozen paths, an object hundreds.
    for (const [element, other] of b.children) {
      const child = a.children.get(element);
      if (child === undefined) continue;
      const rest = subtract(child, other, recursive);
      if (rest === child) continue;
      copy ??= new Map(a.children);
      if (isEmpty(rest)) copy.delete(element);
      else copy.set(element, rest);
    }
    children = copy ?? a.children;
  }
  const member = a.member && !b.member;
  return member === a.member && children === a.children ? a : node(member, children);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  let children: Map<string, FieldSet> | undefined;
  if (a.children !== undefined && b.children !== undefined) {
    for (const [element, child] of a.children) {
      const other = b.children.get(element);
      if (other === undefined) continue;
      const both = intersection(child, other);
      if (!isEmpty(both)) (children ??= new Map()).set(element, both);
    }
  }
  return node(a.member && b.member, children);
}

/** Only the members that have no members below them. */
export function leaves(set: FieldSet): FieldSet {
  if (set.children === undefined) return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) children.set(element, leaves(child));
  return node(false, children);
}

export function equals(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member !== b.member || (a.children?.size ?? 0) !== (b.children?.size ?? 0)) return false;
  for (const [element, child] of a.children ?? []) {
    const other = b.children?.get(element);
    if (other === undefined || !equals(child, other)) return false;
  }
  return true;
}

export function isSubset(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member && !b.member) return false;
  for (const [element, child] of a.children ?? []) {
    const other = b.children?.get(element);
    if (other === undefined || !isSubset(child, other)) return false;
  }
  return true;
}

/** Every member as it is printed (".spec.replicas"): at each level the members first, then what is below, as upstream iterates. */
export function printedPaths(set: FieldSet, prefix = "", out: string[] = []): string[] {
  const elements = sortElements([...(set.children?.keys() ?? [])]);
  for (const element of elements) if (set.children!.get(element)!.member) out.push(prefix + printElement(element));
  for (const element of elements) {
    const child = set.children!.get(element)!;
    if (child.children !== undefined) printedPaths(child, prefix + printElement(element), out);
  }
  return out;
}

export function toFieldsV1(set: FieldSet): JsonObject {
  const out: JsonObject = {};
  if (set.children === undefined) return out;
  if (set.member) out["."] = {};
  for (const element of sortElements([...set.children.keys()])) out[element] = toFieldsV1(set.children.get(element)!);
  return out;
}

/** Undefined when the value is no FieldsV1. Elements of unknown kinds are dropped. */
export function fromFieldsV1(fields: JsonValue | undefined): FieldSet | undefined {
  if (!isMap(fields)) return undefined;
  const root = read(fields);
  return root === undefined ? undefined : node(false, root.children);
}

function read(fields: JsonObject): FieldSet | undefined {
  let member = false;
  let children: Map<string, FieldSet> | undefined;
  for (const key in fields) {
    if (key === ".") {
      member = true;
      continue;
    }
    const value = fields[key];
    const child = isMap(value) ? read(value) : undefined;
    if (child === undefined) return undefined;
    const element = canonicalElement(key);
    if (element === undefined) continue;
    children ??= new Map();
    const known = children.get(element);
    children.set(element, known === undefined ? child : union(known, child));
  }
  return children === undefined ? LEAF : { member, children };
}
