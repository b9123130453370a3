import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { facts } from "./facts.ts";
import { generateFacts, renderModule } from "./generate.ts";
import { generateInternal } from "./generate/internal.ts";
import { modulesForTest } from "./generate/modules.ts";

const modules = modulesForTest("kinds/facts: checked-in facts equal a fresh generation");

test.skipIf(modules === undefined)("checked-in facts equal a fresh generation", () => {
  const fresh = renderModule(generateFacts(modules!));
  expect(readFileSync(join(import.meta.dirname, "data.ts"), "utf8") === fresh, "run node kinds/facts/generate.ts").toBe(
    true,
  );
  const internal = readFileSync(join(import.meta.dirname, "internal.ts"), "utf8");
  expect(internal === generateInternal(modules!), "run node kinds/facts/generate.ts").toBe(true);
});

describe("facts are closed", () => {
  test("every message that a field names exists", () => {
    const missing = Object.entries(facts().messages).flatMap(([name, fields]) =>
      fields
        .map((field) => /@(\S+)/.exec(field)?.[1])
        .filter((ref) => ref !== undefined && !(ref in facts().messages) && !name.endsWith("List")),
    );
    expect(missing).toEqual([]);
  });

  test("every kind has a message", () => {
    const missing = Object.keys(facts().kinds).filter((name) => !(name in facts().messages) && !name.endsWith("List"));
    expect(missing).toEqual([]);
  });
});
