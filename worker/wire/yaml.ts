// YAML bodies as Go's sigs.k8s.io/yaml reads them: YAML 1.1 booleans and numbers, but dates stay text and there are no sets or binaries.
// Repeated keys are reported, aliases may not blow a small body up. Most "YAML" bodies are JSON and never come to the YAML parser.
import { type Tags, parseDocument } from "yaml";
import type { JsonValue } from "../../kinds/object.ts";
import { parseJson } from "../../core/codec/json.ts";

export type ParsedYaml =
  | {
      ok: true;
      value: JsonValue;
      duplicates: string[];
      /** Findings that have no path: Go's YAML decoder gives lines. */ strict: string[];
    }
  | { ok: false; message: string };

const ABSENT = new Set([
  "tag:yaml.org,2002:timestamp",
  "tag:yaml.org,2002:binary",
  "tag:yaml.org,2002:set",
  "tag:yaml.org,2002:omap",
  "tag:yaml.org,2002:pairs",
]);
const BOOL = "tag:yaml.org,2002:bool";
const ALIASES_MAX = 100;

/** go-yaml's resolution: no sexagesimals, and a single y or n is text. */
function goTags(tags: Tags): Tags {
  return tags
    .filter(
      (tag) => typeof tag === "string" || (!ABSENT.has(tag.tag) && (tag as { format?: string }).format !== "TIME"),
    )
    .map((tag) => {
      if (typeof tag === "string" || tag.tag !== BOOL) return tag;
      const test = (tag as { test?: RegExp }).test;
      return test === undefined
        ? tag
        : { ...tag, test: new RegExp(test.source.replace("Y|y|", "").replace("N|n|", "")) };
    }) as Tags;
}

/** Findings as go-yaml joins them into one error. */
export function yamlErrors(lines: readonly string[]): string {
  return `yaml: unmarshal errors:\n  ${lines.join("\n  ")}`;
}

/** go-yaml's words for what the two parsers both find; ours for the rest. */
function syntaxText(code: string, line: number, message: string): string {
  if (code === "BLOCK_AS_IMPLICIT_KEY") return "mapping values are not allowed in this context";
  if (code === "TAB_AS_INDENT") return `line ${line}: found character that cannot start any token`;
  return `line ${line}: ${message.split("\n", 1)[0]}`;
}

export function parseYaml(text: string): ParsedYaml {
  if (text.trimStart().startsWith("{")) {
    const json = parseJson(text);
    if (json.ok && json.duplicates.length === 0) return { ...json, strict: [] };
  }
  const document = parseDocument(text, {
    version: "1.1",
    merge: true,
    customTags: goTags,
    prettyErrors: true,
    logLevel: "silent",
  });
  const repeated: string[] = [];
  for (const error of document.errors) {
    const line = error.linePos?.[0].line ?? 1;
    if (error.code !== "DUPLICATE_KEY")
      return { ok: false, message: `yaml: ${syntaxText(error.code, line, error.message)}` };
    const key =
      text
        .slice(error.pos[0])
        .match(/^(?:"[^"]*"|'[^']*'|[^:\n]*)/)?.[0]
        ?.trim()
        .replace(/^(["'])(.*)\1$/, "$2") ?? "";
    repeated.push(`line ${line}: key ${JSON.stringify(key)} already set in map`);
  }
  try {
    const value = document.toJS({ maxAliasCount: ALIASES_MAX }) as JsonValue;
    return { ok: true, value: value ?? null, duplicates: [], strict: repeated };
  } catch (error) {
    return { ok: false, message: `yaml: ${error instanceof Error ? error.message : "cannot be read"}` };
  }
}
