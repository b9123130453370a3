// generated.proto + Go tags -> message facts. One field is one string: "<number> <json name> <type> [flags]".
//   type   s string, y bytes, i varint integer, b bool, d double, @Name message; prefixed * repeated, % map from string
//   flags  p pointer (present on the wire means present in JSON), z written even when zero (no omitempty),
//          o struct left out when empty (omitzero), n inlined into the parent in JSON
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GoField, GoPackage } from "./golang.ts";
import { type ApiPackage, definitionPrefix } from "./packages.ts";

const SCALARS: Record<string, string> = {
  string: "s",
  bytes: "y",
  bool: "b",
  double: "d",
  int32: "i",
  int64: "i",
  uint32: "i",
  uint64: "i",
};

function fieldType(type: string, prefix: string): string {
  const map = /^map<string, (\S+)>$/.exec(type);
  if (map) return `%${fieldType(map[1]!, prefix)}`;
  if (SCALARS[type]) return SCALARS[type];
  if (!type.startsWith(".")) return `@${prefix}.${type}`;
  return `@${definitionPrefix(type.slice(1))}`;
}

function flags(go: GoField | undefined): string {
  if (go === undefined) return "";
  return (
    (go.inline ? "n" : "") +
    (go.pointer ? "p" : "") +
    (go.omitEmpty || go.omitZero || go.inline ? "" : "z") +
    (go.omitZero ? "o" : "")
  );
}

const FIELD = /^ {2}(optional|repeated|map<string, (\S+)>) ?(?:([\w.]+) )?(\w+) = (\d+);/;

export function readMessages(api: ApiPackage, go: GoPackage): Map<string, string[]> {
  const messages = new Map<string, string[]>();
  let fields: string[] | undefined;
  let struct: GoField[] | undefined;
  for (const line of readFileSync(join(api.dir, "generated.proto"), "utf8").split("\n")) {
    const start = /^message (\w+) \{$/.exec(line);
    if (start) {
      messages.set(`${api.name}.${start[1]}`, (fields = []));
      struct = go.structs.get(start[1]!);
    }
    const match = FIELD.exec(line);
    if (!match || !fields) continue;
    const [, label, , type, name, number] = match as unknown as string[];
    const source = struct?.find((field) => field.proto === name);
    const kind = label!.startsWith("map") ? fieldType(label!, api.name) : fieldType(type!, api.name);
    const parts = [number, source?.json || name, label === "repeated" ? `*${kind}` : kind, flags(source)];
    fields.push(parts.join(" ").trimEnd());
  }
  return messages;
}
