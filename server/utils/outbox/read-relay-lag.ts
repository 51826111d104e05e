import type { Database } from "#db/client";
import type { Clock } from "../clock";
import { readOldestWaiting } from "./store";

/**
 * How long the oldest event has been waiting to be handed to Inngest, in milliseconds; 0 when none does. It grows while
 * Inngest is away or no relay runs; nothing is lost meanwhile, and everything is late by as much.
 */
export async function readRelayLagMs({
  database,
  clock,
}: {
  readonly database: Pick<Database, "system">;
  readonly clock: Clock;
}): Promise<number> {
  const now = clock.now();
  const since = await readOldestWaiting(database.system, now);
  return since ? Math.max(0, now.getTime() - since.getTime()) : 0;
}
