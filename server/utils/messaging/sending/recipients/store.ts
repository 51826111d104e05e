import { eq, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, phoneNumbers } from "#db/schema/index";
import type { WindowFacts } from "../../is-closed-by-meta";

/** What a conversation's 24-hour window depends on. */
export async function readWindowFacts(tx: Transaction, conversationId: string): Promise<WindowFacts> {
  const { lastInboundAt, windowClosedAt } = conversations;
  const rows = await tx
    .select({ lastInboundAt, windowClosedAt })
    .from(conversations)
    .where(eq(conversations.id, conversationId));
  return rows[0] ?? { lastInboundAt: null, windowClosedAt: null };
}

/** Whether nothing was ever said in a conversation: the person never wrote, and nothing was let out to him. */
export async function isNewRecipient(tx: Transaction, conversationId: string): Promise<boolean> {
  const rows = await tx.execute<{ known: boolean }>(sql`
    select exists (
      select from messages
      where conversation_id = ${conversationId}
        and (direction = 'inbound' or status not in ('held', 'cancelled', 'failed', 'expired'))
    ) as known`);
  return !rows[0]?.known;
}

/** Whether the number is paused, and by which of Meta's codes. */
export async function findPause(
  tx: Transaction,
  phoneNumberId: string,
): Promise<{ code: number | null } | undefined> {
  const rows = await tx
    .select({ pausedAt: phoneNumbers.pausedAt, code: phoneNumbers.pauseCode })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, phoneNumberId));
  const row = rows[0];
  return row?.pausedAt ? { code: row.code } : undefined;
}
