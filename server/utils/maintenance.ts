import type { SystemContext } from "./context";
import { processInbox } from "./inbox/process-inbox";
import { listStaleInboxIds } from "./inbox/store";
import { recoverAbandonedAttempts, wakeStuckMessages } from "./messaging/sending/recover-sends";
import { pruneOutbox } from "./outbox/store";

const STALE_AFTER_MS = 10_000;
const BATCH = 100;
const OUTBOX_KEPT_MS = 7 * 24 * 60 * 60_000;

/**
 * Picks up what a crash left behind: bodies nobody handled, attempts nobody settled, messages nobody woke.
 * Every part is safe to run at any time and in several processes at once.
 */
export async function recover(ctx: SystemContext): Promise<Record<string, number>> {
  const now = ctx.clock.now();
  const attempts = await recoverAbandonedAttempts(ctx);
  const staleBefore = new Date(now.getTime() - STALE_AFTER_MS);
  const staleIds = await listStaleInboxIds(ctx.database.system, staleBefore, now, BATCH);
  const bodies = await processInbox(ctx, staleIds);
  const messages = await wakeStuckMessages(ctx);
  await pruneOutbox(ctx.database.system, new Date(now.getTime() - OUTBOX_KEPT_MS));
  return { attempts, bodies, messages };
}
