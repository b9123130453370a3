import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { render, TARGET } from "./migrations.node.ts";

test("migrations.ts holds exactly what migrations/*.sql say", () => {
  expect(readFileSync(TARGET, "utf8")).toBe(render());
});
