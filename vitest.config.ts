import { defineConfig } from "vitest/config";

// Not `extends`: a project would inherit the global setup and run it once more.
const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: "node",
    testTimeout: 20_000,
    hookTimeout: 60_000,
    ...more,
  },
});

export default defineConfig({
  test: {
    // Once for all projects: they share one PostgreSQL server, and each test file takes a database of its own.
    globalSetup: "tests/helpers/global-setup.ts",
    // Two cores are what the smallest machine has; some tests start servers of their own.
    maxWorkers: 3,
    coverage: {
      provider: "v8",
      include: ["server/**/*.ts", "db/**/*.ts"],
      exclude: ["server/entry.ts", "server/plugins/**", "server/error-handler.ts"],
    },
    projects: [
      project("unit"),
      project("integration"),
      project("e2e", { testTimeout: 60_000, hookTimeout: 120_000 }),
      project("inngest", { testTimeout: 60_000, hookTimeout: 120_000 }),
      project("faults", { testTimeout: 240_000, hookTimeout: 120_000 }),
    ],
  },
});
