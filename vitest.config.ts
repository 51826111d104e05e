import { defineConfig } from "vitest/config";

// Not `extends`: a project would inherit the global setup and run it once more.
const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: "node",
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Below a test's own limit. The default of one second is less than a busy machine may stand still.
    expect: { poll: { timeout: 15_000 } },
    ...more,
  },
});

// A stop is given seconds, and its neighbours would take them.
const ALONE = ["tests/e2e/edge/{rolling-restart,sigterm-under-load}.test.ts"];

const atLeast = (percent: number) => ({
  lines: percent,
  statements: percent,
  functions: percent,
  branches: percent,
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
      exclude: ["server/entry.ts", "server/plugins/**", "server/routes/**", "server/error-handler.ts"],
      reporter: ["text-summary"],
      // What runs in processes of its own, as the end-to-end suites do, is not counted.
      thresholds: {
        ...atLeast(85),
        "server/utils/auth/**": atLeast(95),
        "server/utils/audit/**": atLeast(95),
        "server/utils/meta/signature.ts": atLeast(100),
        "server/utils/media/sign-media-url.ts": atLeast(100),
        "server/utils/media/signed/**": atLeast(100),
      },
    },
    projects: [
      project("unit"),
      project("integration"),
      project("evals", { testTimeout: 60_000, hookTimeout: 120_000 }),
      project("e2e", { exclude: ALONE, testTimeout: 60_000, hookTimeout: 120_000 }),
      project("alone", {
        include: ALONE,
        testTimeout: 60_000,
        hookTimeout: 120_000,
        maxWorkers: 1,
        sequence: { groupOrder: 1 },
      }),
      project("inngest", { testTimeout: 60_000, hookTimeout: 120_000 }),
      project("faults", { testTimeout: 240_000, hookTimeout: 120_000 }),
    ],
  },
});
