#!/usr/bin/env node
// The command `hanse`. Runs cli/main.ts on Node 24 or newer: this one if it is, else the one that npm put into node_modules.
// Plain JavaScript that an old Node can read.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= 24) {
  process.argv[1] = main;
  // What stays up and must be small; the others are gone before it would pay.
  const command = process.argv[2];
  if (command === "agent" || command === "serve") {
    const { startLean } = await import("./lean.js");
    startLean(main, fileURLToPath(new URL(`./${command}.ts`, import.meta.url)));
  }
  await import("./main.ts");
} else {
  const node = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `hanse: needs Node 24 or newer (this is ${process.version}); run \`npm run setup\` in ${fileURLToPath(new URL("..", import.meta.url))}, which brings one`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends SIGINT to the whole group; whoever signals this process alone means the child.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}
