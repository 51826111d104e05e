import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { webhookInbox } from "#db/schema/index";
import { insertOutboxEvent } from "../../outbox/store";

const { id, receivedAt, processedAt, state, attempts, error } = webhookInbox;

/** Dead bodies, the newest first, without what is in them. */
export async function selectDeadLetters(tx: Transaction, beforeId: string | undefined, limit: number) {
  return tx
    .select({ id, receivedAt, processedAt, error })
    .from(webhookInbox)
    .where(and(eq(state, "dead"), beforeId ? lt(id, beforeId) : undefined))
    .orderBy(desc(id))
    .limit(limit);
}

/** One body, dead or not; its bytes only when they are wanted. */
export async function findInboxBody(tx: Transaction, inboxId: string, withBody: boolean) {
  const rows = await tx
    .select({
      id,
      receivedAt,
      processedAt,
      state,
      attempts,
      error,
      body: withBody ? webhookInbox.body : sql<null>`null`,
    })
    .from(webhookInbox)
    .where(eq(id, inboxId));
  return rows[0];
}

/** Gives a dead body back to be handled, and announces it. False when it is not dead. */
export async function reviveBody(tx: Transaction, inboxId: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(webhookInbox)
    .set({ state: "received", attempts: 0, claimExpiresAt: null, processedAt: null, error: null })
    .where(and(eq(id, inboxId), eq(state, "dead")))
    .returning({ id });
  if (rows.length === 0) return false;
  await insertOutboxEvent(tx, {
    name: "wa/inbox.received",
    data: { inbox_ids: [inboxId] },
    availableAt: now,
  });
  return true;
}
