import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

// End to end: real processes, real control planes, workerd. One file at a time, since each wants both cores.
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, "../.."),
    include: ["test/e2e/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    bail: 0,
  },
});
