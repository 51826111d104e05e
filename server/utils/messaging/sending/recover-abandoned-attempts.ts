import type { SystemContext } from "../../context";
import { ERROR_ADVICE } from "../../meta/error-advice";
import { markUncertain } from "./mark-uncertain";
import { passWake } from "./pass-wake";
import { listAbandonedAttempts } from "./recovery/store";
import { lockConversation, lockMessage } from "./store";

const BATCH = 100;

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
