import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

// npm run test:long: the property tests with full seeds (test/long/runs.ts), then the soaks of test/long. One file at a time, since the
// soaks want both cores. HANSE_SEED repeats a run; HANSE_SOAK_EVENTS, HANSE_SOAK_SECONDS and HANSE_RUNS make it longer or shorter.
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, ".."),
    include: [
      "{kinds,core}/**/*.test.ts",
      "worker/controllers/laws.test.ts",
      "worker/store/order.test.ts",
      "test/long/**/*.test.ts",
    ],
    setupFiles: ["test/long/runs.ts"],
    env: {
      HANSE_SEED: process.env["HANSE_SEED"] ?? String(Math.floor(Math.random() * 2 ** 31)),
      HANSE_LONG: "1",
      HANSE_ROUNDS: process.env["HANSE_ROUNDS"] ?? "1000",
      HANSE_PATCH_SEEDS: process.env["HANSE_PATCH_SEEDS"] ?? "400",
    },
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 180_000,
  },
});
