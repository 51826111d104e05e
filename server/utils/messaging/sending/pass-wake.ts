import type { Transaction } from "#db/client";
import { insertWake } from "./insert-wake";
import { isStopped } from "./is-stopped";
import { readSendingNumber } from "./numbers/store";
import { pairPacing } from "./pair-pacing";
import { addDeferredWakes, listUnfinished, lockConversation } from "./store";

/**
 * Passes one deferred wake-up on, now that the way may be clear. Every queued message has one wake-up: in
 * Inngest's hands, or deferred here because its run found an older message in the way, or a number from which nothing is
 * sent. There they stay until the number is resumed.
 */
export async function passWake(tx: Transaction, conversationId: string, now: Date): Promise<void> {
  const conversation = await lockConversation(tx, conversationId);
  if (!conversation || conversation.deferredWakes === 0) return;
  const next = (await listUnfinished(tx, conversationId, 50)).find((message) => message.status === "queued");
  if (!next) {
    await addDeferredWakes(tx, conversationId, -conversation.deferredWakes);
    return;
  }
  const number = await readSendingNumber(tx, conversation.phoneNumberId);
  if (!number || isStopped(number)) return;
  await addDeferredWakes(tx, conversationId, -1);
  // Not before it can do anything: every run is billed.
  const pairAt = pairPacing.nextAt(conversation.pacedUntil)?.getTime() ?? 0;
  const startMs = Math.max(now.getTime(), pairAt, number.throttledUntil?.getTime() ?? 0);
  await insertWake(tx, "wa/message.queued", next, new Date(startMs));
}
