import type { SystemContext } from "../../context";
import { endLateMessage } from "./end-late-message";
import { passWake } from "./pass-wake";
import { listOverdueMessages } from "./recovery/store";
import { lockConversation, lockMessage } from "./store";

const BATCH = 100;

/**
 * Ends queued messages whose time is up while nothing looks at them: their number is paused, or the next attempt is far
 * away. What waited behind them is woken.
 */
export async function expireMessages(ctx: SystemContext): Promise<number> {
  const overdue = await listOverdueMessages(ctx.database.system, ctx.clock.now(), BATCH);
  for (const { id, conversationId } of overdue) {
    await ctx.database.asSystem(async (tx) => {
      const conversation = await lockConversation(tx, conversationId);
      const message = await lockMessage(tx, id);
      if (!conversation || !message) return;
      const now = ctx.clock.now();
      const hasEnded = await endLateMessage(ctx, tx, message, conversation, now);
      if (hasEnded) await passWake(tx, conversationId, now);
    });
  }
  if (overdue.length > 0) ctx.wakeRelay();
  return overdue.length;
}
