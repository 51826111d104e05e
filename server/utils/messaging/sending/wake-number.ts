import type { Database, Transaction } from "#db/client";
import type { Clock } from "../../clock";
import { insertWake } from "./insert-wake";
import { isStopped } from "./is-stopped";
import { listWaitingHeads, readSendingNumber, takeDeferredWakes, type WaitingHead } from "./numbers/store";
import { lockConversations } from "./store";

const BATCH = 200;
// A million conversations; what is beyond them is found by the sweep.
const BATCH_LIMIT = 5_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Wakes every conversation of a number in which something is queued, those that waited longest first: after the number was
 * resumed or enabled. One wake-up each; every message that leaves wakes the next one of its conversation.
 *
 * @returns how many were woken
 */
export async function wakeNumber(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  phoneNumberId: string,
): Promise<number> {
  let count = 0;
  let afterId = FIRST_ID;
  for (let batch = 0; batch < BATCH_LIMIT; batch += 1) {
    const heads = await database.asSystem((tx) => wakeBatch(tx, phoneNumberId, afterId, clock.now()));
    count += heads.length;
    const last = heads.at(-1);
    if (!last || heads.length < BATCH) break;
    afterId = last.id;
  }
  return count;
}

async function wakeBatch(
  tx: Transaction,
  phoneNumberId: string,
  afterId: string,
  now: Date,
): Promise<WaitingHead[]> {
  const number = await readSendingNumber(tx, phoneNumberId);
  if (!number || isStopped(number)) return [];
  const heads = await listWaitingHeads(tx, phoneNumberId, afterId, BATCH);
  if (heads.length === 0) return [];
  await lockConversations(
    tx,
    heads.map(({ conversationId }) => conversationId),
  );
  await takeDeferredWakes(tx, heads, now);
  for (const head of heads) await insertWake(tx, "wa/message.queued", head, now);
  return heads;
}
