// Writes openapi.yaml; with --check only says, by its exit status, whether the checked-in file is what would be written.
import { readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { stringify } from "yaml";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { VERSION } from "../../kinds/version.ts";
import { restDocument } from "../../worker/wire/documents/rest.ts";

const FILE = resolve(import.meta.dirname, "../../openapi.yaml");
const HEAD =
  "# Generated from the schemas and the table of kinds by test/checks/openapi.ts: change those, then run `npm run openapi`.\n";

export function openapiText(): string {
  return (
    HEAD +
    stringify(restDocument(ROOT_KINDS, VERSION), { aliasDuplicateObjects: false, lineWidth: 0, blockQuote: "literal" })
  );
}

function firstDifference(ours: string, theirs: string): string {
  const lines = ours.split("\n");
  const others = theirs.split("\n");
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `line ${at + 1}: ${JSON.stringify(others[at] ?? "")} should be ${JSON.stringify(lines[at] ?? "")}`;
}

function checkedIn(): string {
  try {
    return readFileSync(FILE, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

if (import.meta.main) {
  const text = openapiText();
  if (!process.argv.includes("--check")) {
    writeFileSync(FILE, text);
    console.log(`${relative(process.cwd(), FILE)}: ${text.split("\n").length - 1} lines`);
  } else {
    const found = checkedIn();
    if (found !== text) {
      console.error(
        `openapi.yaml is not what the code says (${firstDifference(text, found)}); run \`npm run openapi\` and commit it`,
      );
      process.exitCode = 1;
    }
  }
}
