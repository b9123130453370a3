// Parses the fieldSelector query parameter for one kind and matches objects against it (apimachinery pkg/fields/selector.go).
// A kind answers only the fields that it declares; any other is the client's error (HTTP 400) in upstream's words.
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";

interface FieldTerm {
  field: string;
  value: string;
  negated: boolean;
  read: (object: KubeObject) => string;
}

/** All must hold. */
export type FieldSelector = readonly FieldTerm[];

export type ParsedFieldSelector = { ok: true; selector: FieldSelector } | { ok: false; message: string };

const readName = (object: KubeObject): string => object.metadata.name;
const readNamespace = (object: KubeObject): string => object.metadata.namespace ?? "";

export function parseFieldSelector(text: string, kind: Kind): ParsedFieldSelector {
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text).sort()) {
    if (part === "") continue;
    const split = splitTerm(part);
    if (split === undefined) {
      return { ok: false, message: `invalid selector: '${text}'; can't understand '${part}'` };
    }
    const value = unescape(split.value);
    if (!value.ok) return value;
    const read = reader(split.field, kind);
    if (read === undefined) return { ok: false, message: unknownField(split.field, kind) };
    terms.push({ field: split.field, value: value.value, negated: split.negated, read });
  }
  return { ok: true, selector: terms };
}

export function matchesFields(selector: FieldSelector, object: KubeObject): boolean {
  return selector.every(({ read, value, negated }) => (read(object) === value) !== negated);
}

/** The one name that a selector on metadata.name asks for: such lists and watches read a single key. */
export function requiredName(selector: FieldSelector): string | undefined {
  return selector.find(({ field, negated }) => field === "metadata.name" && !negated)?.value;
}

function reader(field: string, kind: Kind): FieldTerm["read"] | undefined {
  if (field === "metadata.name") return readName;
  if (field === "metadata.namespace" && (kind.namespaced || kind.fields === undefined)) return readNamespace;
  return kind.fields?.[field];
}

/** Kinds with fields of their own have their own conversion function upstream, and so another text. */
function unknownField(field: string, kind: Kind): string {
  if (kind.unknownField !== undefined) return kind.unknownField(field);
  return kind.fields === undefined
    ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${field}`;
}

/** Commas separate terms unless a backslash precedes them. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === ",") {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): { field: string; negated: boolean; value: string } | undefined {
  for (let i = 0; i < term.length; i++) {
    for (const operator of ["!=", "==", "="]) {
      if (term.startsWith(operator, i)) {
        return { field: term.slice(0, i), negated: operator === "!=", value: term.slice(i + operator.length) };
      }
    }
  }
  return undefined;
}

function unescape(text: string): { ok: true; value: string } | { ok: false; message: string } {
  let value = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? "";
    if (character === "\\") {
      i++;
      const escaped = text[i] ?? "";
      if (escaped === "" || !"\\,=".includes(escaped)) {
        return { ok: false, message: `invalid field selector: invalid escape sequence: \\${escaped}` };
      }
      value += escaped;
    } else if (character === "," || character === "=") {
      return { ok: false, message: `invalid field selector: unescaped character in value: ${character.charCodeAt(0)}` };
    } else {
      value += character;
    }
  }
  return { ok: true, value };
}
