import type { App } from "./app";
import { readLastSeq } from "./messaging/reading/store";

/** Whether this process can do its work, and what is missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Record<string, "ok" | "failed">;
}

const DATABASE_TIMEOUT_MS = 2_000;

/** Asks the database; while postgres.js waits to reconnect a query hangs, so the answer has a time limit. */
export async function checkReadiness({ database }: Pick<App, "database">): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<"failed">((resolve) => {
    timer = setTimeout(resolve, DATABASE_TIMEOUT_MS, "failed");
  });
  const answer = readLastSeq(database.system).then(
    () => "ok" as const,
    () => "failed" as const,
  );
  const state = await Promise.race([answer, timeout]);
  clearTimeout(timer);
  return { ready: state === "ok", checks: { database: state } };
}
