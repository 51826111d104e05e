import { and, eq, lte, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations } from "#db/schema/index";

/**
 * Notes that Meta refused a message because the window is closed. A second one that left when the first refusal was known
 * closes the window. What left before the person wrote last says nothing.
 */
export async function noteRefusal(
  tx: Transaction,
  conversationId: string,
  leftAt: Date,
  now: Date,
): Promise<void> {
  const { lastInboundAt, windowRefusedAt, windowClosedAt } = conversations;
  const left = sql`${leftAt.toISOString()}::timestamptz`;
  await tx
    .update(conversations)
    .set({
      windowRefusedAt: sql`case when ${windowRefusedAt} >= ${lastInboundAt} then ${windowRefusedAt}
        else ${now.toISOString()}::timestamptz end`,
      windowClosedAt: sql`case when ${windowRefusedAt} between ${lastInboundAt} and ${left} then ${left}
        else ${windowClosedAt} end`,
    })
    .where(and(eq(conversations.id, conversationId), lte(lastInboundAt, leftAt)));
}

/** Opens a conversation's window without a message: the person called. */
export async function openWindow(tx: Transaction, conversationId: string, at: Date): Promise<void> {
  await tx
    .update(conversations)
    .set({ lastInboundAt: sql`greatest(${conversations.lastInboundAt}, ${at.toISOString()}::timestamptz)` })
    .where(eq(conversations.id, conversationId));
}
