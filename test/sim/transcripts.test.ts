// Scripted federations: each testdata/*.txt holds commands and, after ----, what they did to the log. Run with HANSE_REWRITE=1 to write the
// answers anew, then read the diff (the idea is etcd-io/raft's interaction_test).
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startFederation } from "./federation.ts";

const DIR = new URL("./testdata/", import.meta.url);

for (const file of readdirSync(DIR)
  .filter((name) => name.endsWith(".txt"))
  .sort()) {
  const url = new URL(file, DIR);
  const text = readFileSync(url, "utf8");
  test(`${file}: ${text.split("\n", 1)[0]?.replace(/^#\s*/, "")}`, async () => {
    const federation = await startFederation();
    const blocks: string[] = [];
    try {
      for (const block of text.trimEnd().split(/\n\n+/)) {
        const [commands = ""] = block.split("\n----");
        if (commands.startsWith("#")) {
          blocks.push(commands);
          continue;
        }
        const answers: string[] = [];
        for (const line of commands.split("\n")) answers.push(await federation.command(line));
        blocks.push(
          `${commands}\n----\n${answers.filter((answer, index) => answer !== "ok" || index === answers.length - 1).join("\n")}`,
        );
      }
    } finally {
      await federation.stop();
    }
    const transcript = `${blocks.join("\n\n")}\n`;
    if (process.env["HANSE_REWRITE"] === "1") writeFileSync(url, transcript);
    expect(federation.broken).toEqual([]);
    expect(transcript).toBe(process.env["HANSE_REWRITE"] === "1" ? transcript : text);
  });
}
