import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "./diff.ts";
import { goPretty, goValue } from "./gojson.ts";

/** What Python's difflib.unified_diff says of the same lines (n=3), without its two head lines. */
const CASES: [string, string, string, string[]][] = [
  ["nothing", "a b c", "a b c", []],
  ["one line", "a b c d e f g", "a b c X e f g", ["@@ -1,7 +1,7 @@", " a", " b", " c", "-d", "+X", " e", " f", " g"]],
  ["at the beginning", "a b c d e", "b c d e", ["@@ -1,4 +1,3 @@", "-a", " b", " c", " d"]],
  ["at the end", "a b c d e", "a b c d e f", ["@@ -3,3 +3,4 @@", " c", " d", " e", "+f"]],
  ["only one line", "a", "b", ["@@ -1 +1 @@", "-a", "+b"]],
  ["all is new", "", "a b", ["@@ -1 +1,2 @@", "-", "+a", "+b"]],
  [
    "near changes in one hunk",
    "a 1 2 3 4 5 6 b",
    "A 1 2 3 4 5 6 B",
    ["@@ -1,8 +1,8 @@", "-a", "+A", " 1", " 2", " 3", " 4", " 5", " 6", "-b", "+B"],
  ],
  [
    "far changes in two",
    "a 1 2 3 4 5 6 7 b",
    "A 1 2 3 4 5 6 7 B",
    ["@@ -1,4 +1,4 @@", "-a", "+A", " 1", " 2", " 3", "@@ -6,4 +6,4 @@", " 5", " 6", " 7", "-b", "+B"],
  ],
  [
    "the longest block wins",
    "x a b c y a b c d",
    "a b c d x",
    ["@@ -1,9 +1,5 @@", "-x", "-a", "-b", "-c", "-y", " a", " b", " c", " d", "+x"],
  ],
];

const lines = (words: string): string => words.split(" ").join("\n");

/** Applies a diff, hunk by hunk. */
function applied(text: string, diff: string): string {
  const old = text.split("\n");
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split("\n").slice(0, -1)) {
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (head) {
      const start = Number(head[1]) - (head[2] === "0" ? 0 : 1);
      out.push(...old.slice(at, start));
      at = start;
    } else if (line.startsWith("+")) out.push(line.slice(1));
    else {
      expect(old[at]).toBe(line.slice(1));
      if (line.startsWith(" ")) out.push(line.slice(1));
      at++;
    }
  }
  return [...out, ...old.slice(at)].join("\n");
}

describe("unifiedDiff", () => {
  it.each(CASES)("%s", (_name, a, b, expected) => {
    expect(unifiedDiff(lines(a), lines(b))).toBe(expected.map((line) => `${line}\n`).join(""));
  });

  it("leads from the one text to the other, popular lines or not", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 260 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(applied(a.join("\n"), unifiedDiff(a.join("\n"), b.join("\n")))).toBe(b.join("\n"));
      }),
      { numRuns: 300 },
    );
  });
});

it("goValue names every field of the internal type, in its order", () => {
  const inner = { Name: ["name", ""] } as const;
  const struct = {
    Maps: ["maps", null],
    One: ["one", {}, inner],
    Many: ["many", null, inner],
    None: ["none", null, inner],
  } as const;
  const value = { many: [{ name: "<a>" }, {}], maps: { b: "1", a: "2" } };
  expect(goPretty(goValue(struct, value)).replaceAll(/\n */g, "")).toBe(
    '{"Maps": {"a": "2","b": "1"},"One": {"Name": ""},"Many": [{"Name": "\\u003ca\\u003e"},{"Name": ""}],"None": null}',
  );
});
