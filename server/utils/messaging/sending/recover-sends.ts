import type { SystemContext } from "../../context";
import { ERROR_ADVICE } from "../../meta/error-advice";
import { insertWake } from "./insert-wake";
import { markUncertain } from "./mark-uncertain";
import { passWake } from "./pass-wake";
import { hasPendingEvent, listAbandonedAttempts, takeStuckMessages } from "./recovery/store";
import { lockConversation, lockMessage } from "./store";

const BATCH = 100;
// Longer than any healthy wake-up takes, Inngest Cloud included.
const STUCK_AFTER_MS = 2 * 60_000;

/** Marks attempts whose process is gone as uncertain, so that they are settled and no longer in the way. */
export async function recoverAbandonedAttempts(ctx: SystemContext): Promise<number> {
  const abandoned = await listAbandonedAttempts(ctx.database.system, ctx.clock.now(), BATCH);
  for (const { id, conversationId } of abandoned) {
    await ctx.database.asSystem(async (tx) => {
      await lockConversation(tx, conversationId);
      const message = await lockMessage(tx, id);
      const now = ctx.clock.now();
      const isAbandoned =
        message?.status === "sending" &&
        !message.uncertainAt &&
        message.claimExpiresAt &&
        message.claimExpiresAt <= now;
      if (!message || !isAbandoned) return;
      const error = { reason: "the process that sent it ended", advice: ERROR_ADVICE.uncertain };
      await markUncertain(tx, message, now, ctx.config.settleAfterMs, { error });
      await passWake(tx, conversationId, now);
    });
  }
  if (abandoned.length > 0) ctx.wakeRelay();
  return abandoned.length;
}

/**
 * Wakes messages that nothing has touched for long: whatever should have woken them was lost. Those of a number that is
 * paused or disabled sleep on: `wakeNumber` wakes them, and this does when that was lost.
 */
export async function wakeStuckMessages(ctx: SystemContext): Promise<number> {
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - STUCK_AFTER_MS);
  const count = await ctx.database.asSystem(async (tx) => {
    let woken = 0;
    for (const message of await takeStuckMessages(tx, before, now, BATCH)) {
      const name = message.status === "queued" ? "wa/message.queued" : "wa/message.uncertain";
      // It has its wake-up: Inngest is away, or the message's time has not come.
      if (await hasPendingEvent(tx, name, message.id)) continue;
      await insertWake(tx, name, message, now);
      woken += 1;
    }
    return woken;
  });
  if (count > 0) ctx.wakeRelay();
  return count;
}
