import type { SystemContext } from "../../context";
import { insertWake } from "./insert-wake";
import { hasPendingEvent, takeStuckMessages } from "./recovery/store";

const BATCH = 100;
// Longer than any healthy wake-up takes, Inngest Cloud included.
const STUCK_AFTER_MS = 2 * 60_000;

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
