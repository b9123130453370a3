// Reads what only the Go types say: which fields are pointers, omitempty, omitzero or inlined, and the values of `+enum` types.
// Line-based on purpose: upstream's types.go files are gofmt'ed and regular; a golden-file test proves the result.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface GoField {
  /** Name in JSON; "" when inlined. */
  json: string;
  inline: boolean;
  pointer: boolean;
  omitEmpty: boolean;
  omitZero: boolean;
  /** A map literal, not a named map type. */
  map: boolean;
  /** Go type without pointer, slice or map: "Protocol", "v1.Protocol". */
  base: string;
  /** Name in the protobuf message. */
  proto: string;
}

export interface GoPackage {
  structs: Map<string, GoField[]>;
  enums: Map<string, string[]>;
  /** String constants by name. */
  constants: Map<string, string>;
  /** Import aliases -> import path, over all files of the package. */
  imports: Map<string, string>;
}

const FIELD = /^\t(?:(\w+)\s+)?([\w.*[\]]+)\s+`([^`]*)`/;

function tag(tags: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}:"([^"]*)"`).exec(tags)?.[1];
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function readField(line: string): GoField | undefined {
  const match = FIELD.exec(line);
  if (match === null) return undefined;
  const [, name, type, tags] = match as unknown as [string, string | undefined, string, string];
  const base = type.replace(/^(\*|\[\]|map\[[\w.]+\])+/, "");
  const [json = "", ...options] = (tag(tags, "json") ?? "").split(",");
  return {
    json: json === "-" ? "" : json,
    inline: options.includes("inline"),
    pointer: type.startsWith("*"),
    omitEmpty: options.includes("omitempty"),
    omitZero: options.includes("omitzero"),
    map: type.startsWith("map["),
    base,
    proto: /(?:^|,)name=(\w+)/.exec(tag(tags, "protobuf") ?? "")?.[1] ?? lowerFirst(name ?? base),
  };
}

/** [type, value]; the value is written out, or names a constant of another package ("v1.IPv4Protocol"). */
interface Constant {
  type: string;
  value?: string;
  other?: string;
}

// Name Type = "value" | Name = Type("value") | Name = Type(alias.Constant)
const TYPED = /^(?:const |\t)(\w+)\s+(\w+)\s*=\s*"([^"]*)"/;
const CONVERTED = /^(?:const |\t)(\w+)\s*=\s*([A-Z]\w+)\((?:"([^"]*)"|(\w+\.\w+))\)/;

function readConstant(line: string, into: GoPackage): Constant | undefined {
  const [, name, type, value, other] = TYPED.exec(line) ?? CONVERTED.exec(line) ?? [];
  if (name === undefined || type === undefined) return undefined;
  if (value !== undefined) into.constants.set(name, value);
  return value === undefined ? { type, other: other! } : { type, value };
}

function readFile(text: string, into: GoPackage, marked: Set<string>, constants: Constant[]): void {
  let struct: GoField[] | undefined;
  let enumComment = false;
  for (const line of text.split("\n")) {
    const start = /^type (\w+) struct \{$/.exec(line);
    if (start) into.structs.set(start[1]!, (struct = []));
    else if (line === "}") struct = undefined;
    else if (struct) {
      const field = readField(line);
      if (field) struct.push(field);
    }
    if (/^\/\/ ?\+enum\b/.test(line)) enumComment = true;
    else if (!line.startsWith("//")) {
      const named = /^type (\w+) string$/.exec(line);
      if (named && enumComment) marked.add(named[1]!);
      enumComment = false;
    }
    const constant = readConstant(line, into);
    if (constant) constants.push(constant);
    const imported = /^(?:import |\t)(?:(\w+) )?"([\w./-]+)"$/.exec(line);
    if (imported) into.imports.set(imported[1] ?? imported[2]!.split("/").at(-1)!, imported[2]!);
  }
}

/** `others`: packages read before, by import path, whose constants this one may use. */
export function readGoPackage(dir: string, others: ReadonlyMap<string, GoPackage> = new Map()): GoPackage {
  const result: GoPackage = { structs: new Map(), enums: new Map(), constants: new Map(), imports: new Map() };
  const marked = new Set<string>();
  const constants: Constant[] = [];
  for (const name of readdirSync(dir).sort()) {
    if (!name.endsWith(".go") || name.endsWith("_test.go") || /^(zz_generated|generated\.|types_swagger)/.test(name))
      continue;
    readFile(readFileSync(join(dir, name), "utf8"), result, marked, constants);
  }
  for (const { type, other, ...constant } of constants) {
    if (!marked.has(type)) continue;
    const [alias = "", name = ""] = other?.split(".") ?? [];
    const value = constant.value ?? others.get(result.imports.get(alias) ?? "")?.constants.get(name);
    if (value === undefined) throw new Error(`${dir}: no value of ${other}`);
    const values = result.enums.get(type) ?? [];
    if (!values.includes(value)) values.push(value);
    result.enums.set(type, values.sort());
  }
  return result;
}
