import { and, eq, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, messages } from "#db/schema/index";
import type { WindowFacts } from "../../is-closed-by-meta";

/** A message that a call may be about again. */
export interface EarlierMessage extends WindowFacts {
  readonly id: string;
  readonly status: string;
  readonly phoneNumberId: string;
  readonly conversationId: string;
  readonly contentHash: string | null;
}

export async function findByIdempotencyKey(
  tx: Transaction,
  clientId: string,
  idempotencyKey: string,
): Promise<EarlierMessage | undefined> {
  return findEarlier(tx, clientId, eq(messages.idempotencyKey, idempotencyKey));
}

/** A message that the client sent or has had held. */
export async function findOwnMessage(
  tx: Transaction,
  clientId: string,
  messageId: string,
): Promise<EarlierMessage | undefined> {
  return findEarlier(tx, clientId, eq(messages.id, messageId));
}

async function findEarlier(
  tx: Transaction,
  clientId: string,
  which: SQL,
): Promise<EarlierMessage | undefined> {
  const rows = await tx
    .select({
      id: messages.id,
      status: messages.status,
      phoneNumberId: messages.phoneNumberId,
      conversationId: messages.conversationId,
      contentHash: messages.contentHash,
      lastInboundAt: conversations.lastInboundAt,
      windowClosedAt: conversations.windowClosedAt,
    })
    .from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(eq(messages.clientId, clientId), which));
  return rows[0];
}
