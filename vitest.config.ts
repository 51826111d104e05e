import { defineConfig } from "vitest/config";

const project = (name: string, more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...more },
});

export default defineConfig({
  test: {
    environment: "node",
    // Once for all projects: they share one PostgreSQL server, and each test file takes a database of its own.
    globalSetup: "tests/helpers/postgres/global-setup.ts",
    testTimeout: 20_000,
    hookTimeout: 60_000,
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
