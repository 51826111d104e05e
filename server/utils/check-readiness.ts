import type { App } from "./app";
import { readLastSeq } from "./changes/store";
import { readRelayLagMs } from "./outbox/read-relay-lag";
import { withTimeout } from "./with-timeout";

/** Whether this process can do its work, and what is missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Record<string, "ok" | "degraded" | "failed">;
  /** How long the oldest event waits to be handed to Inngest. */
  readonly relay_lag_s?: number;
}

const DATABASE_TIMEOUT_MS = 2_000;
const LATE_AFTER_MS = 60_000;

/**
 * Asks the database; while postgres.js waits to reconnect a query hangs, so the answer has a time limit. A relay that lags
 * is degraded, and the process is ready all the same: nothing is lost, and a restart would not bring Inngest back.
 */
export async function checkReadiness({
  database,
  system,
}: Pick<App, "database" | "system">): Promise<Readiness> {
  const lagMs = await withTimeout(
    readLastSeq(database.system).then(() => readRelayLagMs({ database, clock: system.clock })),
    DATABASE_TIMEOUT_MS,
    "the database",
  ).catch(() => undefined);
  if (lagMs === undefined) return { ready: false, checks: { database: "failed" } };
  return {
    ready: true,
    checks: { database: "ok", relay: lagMs > LATE_AFTER_MS ? "degraded" : "ok" },
    relay_lag_s: Math.round(lagMs / 1000),
  };
}
