import { and, asc, eq, inArray } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { messageEvents, messages } from "#db/schema/index";

// Row-level security decides what is visible; the filters only narrow it.

export interface StatusEvent {
  readonly status: string;
  readonly occurredAt: Date;
  readonly error: Record<string, unknown> | null;
}

export interface VisibleStatus {
  readonly status: string;
  readonly phoneNumberId: string;
  readonly conversationId: string;
}

export async function findStatus(
  tx: Transaction,
  messageId: string,
  phoneNumberIds: readonly string[],
): Promise<VisibleStatus | undefined> {
  const rows = await tx
    .select({
      status: messages.status,
      phoneNumberId: messages.phoneNumberId,
      conversationId: messages.conversationId,
    })
    .from(messages)
    .where(and(eq(messages.id, messageId), inArray(messages.phoneNumberId, [...phoneNumberIds])));
  return rows[0];
}

export async function listStatusEvents(tx: Transaction, messageId: string): Promise<StatusEvent[]> {
  return tx
    .select({
      status: messageEvents.status,
      occurredAt: messageEvents.occurredAt,
      error: messageEvents.error,
    })
    .from(messageEvents)
    .where(eq(messageEvents.messageId, messageId))
    .orderBy(asc(messageEvents.id));
}
