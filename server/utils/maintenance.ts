import type { SystemContext } from "./context";
import { processInbox } from "./inbox/process-inbox";
import { listStaleInboxIds } from "./inbox/store";
import { describeError } from "./log";
import { recoverMedia } from "./media/inbound/recover-media";
import { expireApprovals } from "./messaging/approvals/expire-approvals";
import { expireMessages } from "./messaging/sending/expire-messages";
import { recoverAbandonedAttempts } from "./messaging/sending/recover-abandoned-attempts";
import { wakeStuckMessages } from "./messaging/sending/wake-stuck-messages";
import { pruneOutbox } from "./outbox/store";

const STALE_AFTER_MS = 10_000;
const BATCH = 100;
const OUTBOX_KEPT_MS = 7 * 24 * 60 * 60_000;

/** The parts of recovery, by name. Each is safe to run at any time and in several processes at once. */
const PARTS: Record<string, (ctx: SystemContext) => Promise<number>> = {
  attempts: recoverAbandonedAttempts,
  expired: expireMessages,
  messages: wakeStuckMessages,
  approvals: expireApprovals,
  bodies: recoverBodies,
  media: recoverMedia,
  events: (ctx) =>
    pruneOutbox(ctx.database.system, new Date(ctx.clock.now().getTime() - OUTBOX_KEPT_MS), BATCH),
};

/**
 * Picks up what a crash left behind: attempts nobody settled, messages nobody woke, bodies nobody handled. A part that
 * fails does not keep the others from their work.
 *
 * @returns how many each part found
 */
export async function recover(ctx: SystemContext): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, part] of Object.entries(PARTS)) {
    try {
      found[name] = await part(ctx);
    } catch (error) {
      ctx.log.warn(`recovery of ${name} has to wait:`, describeError(error));
    }
  }
  return found;
}

async function recoverBodies(ctx: SystemContext): Promise<number> {
  const now = ctx.clock.now();
  const staleBefore = new Date(now.getTime() - STALE_AFTER_MS);
  const ids = await listStaleInboxIds(ctx.database.system, staleBefore, now, BATCH);
  let count = 0;
  // One by one: a body that fails must not hide the others.
  for (const id of ids) {
    try {
      count += await processInbox(ctx, [id]);
    } catch (error) {
      ctx.log.warn("an inbox body has to wait:", describeError(error));
    }
  }
  return count;
}
