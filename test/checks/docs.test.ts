// Documentation names files; this checks that every named file or folder exists, so that a move cannot leave the docs behind.
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = ["README.md", "ARCHITECTURE.md", ...globSync("docs/**/*.md", { cwd: root })];

/** Back-quoted words that look like paths of this repository: they start with one of its folders or are a known root file. */
export function namedFiles(text: string): string[] {
  const names = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1]!);
  const ours =
    /^(kinds|core|worker|migrations|agents|sim|cli|web|test|docs|examples)\/[\w./-]*$|^[\w.-]+\.(json|toml|yaml|md)$/;
  const link = [...text.matchAll(/\]\(([^)#\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((target) => !/^[a-z]+:/.test(target));
  return [...names.filter((name) => ours.test(name)), ...link];
}

describe("documentation", () => {
  it("finds a name that does not exist", () => {
    expect(namedFiles("see `core/nowhere.ts` and [that](docs/gone.md), not `kubectl get`")).toEqual([
      "core/nowhere.ts",
      "docs/gone.md",
    ]);
  });

  it.each(pages)("%s names only files that exist", (page) => {
    const missing = namedFiles(readFileSync(join(root, page), "utf8")).filter(
      (name) =>
        !existsSync(join(root, name)) &&
        !existsSync(join(root, page, "..", name)) &&
        !/^(tomcat|kubeconfig|deployment)\.yaml$/.test(name),
    );
    expect(missing).toEqual([]);
  });
});
