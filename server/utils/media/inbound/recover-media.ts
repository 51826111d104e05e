import type { SystemContext } from "../../context";
import { insertOutboxEvent } from "../../outbox/store";
import { takeAbandonedMedia } from "./store";

const BATCH = 100;
const LOOK_AGAIN_MS = 5 * 60_000;

/** Has files fetched whose function a crash took, or gave up. Returns how many. */
export async function recoverMedia(ctx: SystemContext): Promise<number> {
  const now = ctx.clock.now();
  const count = await ctx.database.asSystem(async (tx) => {
    const ids = await takeAbandonedMedia(tx, now, new Date(now.getTime() + LOOK_AGAIN_MS), BATCH);
    for (const id of ids) {
      await insertOutboxEvent(tx, { name: "wa/media.received", data: { media_id: id }, availableAt: now });
    }
    return ids.length;
  });
  if (count > 0) ctx.wakeRelay();
  return count;
}
