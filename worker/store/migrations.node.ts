// Writes migrations.ts from migrations/*.sql: run `node worker/store/migrations.node.ts` after adding one. A Worker has no files to
// read them from. migrations.test.ts fails while the two differ.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../migrations");
export const TARGET = join(import.meta.dirname, "migrations.ts");

export function render(): string {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const entries = files.map((file) => {
    const sql = readFileSync(join(FOLDER, file), "utf8").replace(/[\\`]|\$\{/g, "\\$&");
    return `  {\n    name: ${JSON.stringify(file.slice(0, -4))},\n    sql: \`${sql}\`,\n  },\n`;
  });
  return `// Generated from migrations/*.sql by migrations.node.ts: do not edit.\n\nexport const MIGRATIONS: readonly { name: string; sql: string }[] = [\n${entries.join("")}];\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, render());
