import { and, eq, lt, lte, or, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations } from "#db/schema/index";
import { INBOUND_TOLERANCE_MS } from "../../is-closed-by-meta";

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
  const writtenAt = sql`(${lastInboundAt} + make_interval(secs => ${INBOUND_TOLERANCE_MS / 1000}))`;
  await tx
    .update(conversations)
    .set({
      windowRefusedAt: sql`case when ${windowRefusedAt} >= ${writtenAt} then ${windowRefusedAt}
        else ${now.toISOString()}::timestamptz end`,
      windowClosedAt: sql`case when ${windowRefusedAt} between ${writtenAt} and ${left} then ${left}
        else ${windowClosedAt} end`,
    })
    .where(and(eq(conversations.id, conversationId), lte(writtenAt, left)));
}

/** Forgets what Meta refused before a message left that arrived: the window was open then. Under the conversation's lock. */
export async function noteArrival(tx: Transaction, conversationId: string, leftAt: Date): Promise<void> {
  const { windowRefusedAt, windowClosedAt } = conversations;
  const left = sql`${leftAt.toISOString()}::timestamptz`;
  await tx
    .update(conversations)
    .set({
      windowRefusedAt: sql`case when ${windowRefusedAt} > ${left} then ${windowRefusedAt} end`,
      windowClosedAt: sql`case when ${windowClosedAt} >= ${left} then ${windowClosedAt} end`,
    })
    .where(
      and(eq(conversations.id, conversationId), or(lte(windowRefusedAt, leftAt), lt(windowClosedAt, leftAt))),
    );
}

/** Opens a conversation's window without a message: the person called. */
export async function openWindow(tx: Transaction, conversationId: string, at: Date): Promise<void> {
  await tx
    .update(conversations)
    .set({ lastInboundAt: sql`greatest(${conversations.lastInboundAt}, ${at.toISOString()}::timestamptz)` })
    .where(eq(conversations.id, conversationId));
}
