import type { App } from "./app";
import { readLastSeq } from "./messaging/reading/arrivals/store";
import { withTimeout } from "./with-timeout";

/** Whether this process can do its work, and what is missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Record<string, "ok" | "failed">;
}

const DATABASE_TIMEOUT_MS = 2_000;

/** Asks the database; while postgres.js waits to reconnect a query hangs, so the answer has a time limit. */
export async function checkReadiness({ database }: Pick<App, "database">): Promise<Readiness> {
  const state = await withTimeout(readLastSeq(database.system), DATABASE_TIMEOUT_MS, "the database").then(
    () => "ok" as const,
    () => "failed" as const,
  );
  return { ready: state === "ok", checks: { database: state } };
}
