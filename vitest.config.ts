import { defineConfig } from "vitest/config";

// Quick tests only: test/e2e and test/real start real control planes and have their own configurations.
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/e2e/**", "test/long/**", "dist/**", ".hanse/**"],
    testTimeout: 20_000,
  },
});
