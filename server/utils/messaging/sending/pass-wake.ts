import type { Transaction } from "#db/client";
import { insertWake } from "./insert-wake";
import { addDeferredWakes, listUnfinished, lockConversation } from "./store";

/**
 * Passes one deferred wake-up on, now that the way may be clear. Every queued message has one wake-up: in
 * Inngest's hands, or deferred here because its run found an older message in the way.
 */
export async function passWake(tx: Transaction, conversationId: string, now: Date): Promise<void> {
  const conversation = await lockConversation(tx, conversationId);
  if (!conversation || conversation.deferredWakes === 0) return;
  const next = (await listUnfinished(tx, conversationId, 50)).find((message) => message.status === "queued");
  if (!next) {
    await addDeferredWakes(tx, conversationId, -conversation.deferredWakes);
    return;
  }
  await addDeferredWakes(tx, conversationId, -1);
  await insertWake(tx, "wa/message.queued", next, now);
}
