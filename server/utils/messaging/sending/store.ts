import { and, desc, eq, inArray, or, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { contactAliases, conversations, messageEvents, messages, phoneNumbers } from "#db/schema/index";
import { newId } from "../../ids";
import type { MessageStatus } from "../status-ladder";

export type MessageRow = typeof messages.$inferSelect;
export type MessageChange = Partial<typeof messages.$inferInsert> & { status?: MessageStatus };

export interface EarlierMessage {
  readonly id: string;
  readonly status: string;
  readonly phoneNumberId: string;
  readonly conversationId: string;
  readonly contentHash: string | null;
  readonly lastInboundAt: Date | null;
}

export async function findByIdempotencyKey(
  tx: Transaction,
  clientId: string,
  idempotencyKey: string,
): Promise<EarlierMessage | undefined> {
  const rows = await tx
    .select({
      id: messages.id,
      status: messages.status,
      phoneNumberId: messages.phoneNumberId,
      conversationId: messages.conversationId,
      contentHash: messages.contentHash,
      lastInboundAt: conversations.lastInboundAt,
    })
    .from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(eq(messages.clientId, clientId), eq(messages.idempotencyKey, idempotencyKey)));
  return rows[0];
}

/** The wamid of a message to quote, by our id or Meta's. Undefined when the conversation has none such. */
export async function findReplyTarget(
  tx: Transaction,
  conversationId: string,
  replyTo: string,
): Promise<string | undefined> {
  const rows = await tx
    .select({ wamid: messages.wamid })
    .from(messages)
    .where(
      and(
        eq(messages.conversationId, conversationId),
        or(eq(messages.wamid, replyTo), sql`${messages.id}::text = ${replyTo}`),
      ),
    );
  return rows[0]?.wamid ?? undefined;
}

/** Returns false when the idempotency key is taken. */
export async function insertQueuedMessage(
  tx: Transaction,
  row: typeof messages.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(messages)
    .values(row)
    .onConflictDoNothing({ target: [messages.clientId, messages.idempotencyKey] })
    .returning({ id: messages.id });
  return rows.length > 0;
}

/** Adds a line to a message's history. */
export async function insertEvent(
  tx: Transaction,
  message: { readonly id: string; readonly phoneNumberId: string },
  status: MessageStatus,
  occurredAt: Date,
  more: { error?: Record<string, unknown>; detail?: Record<string, unknown> } = {},
): Promise<void> {
  const { id: messageId, phoneNumberId } = message;
  await tx
    .insert(messageEvents)
    .values({ id: newId(), messageId, phoneNumberId, status, occurredAt, ...more });
}

/** Takes the conversation's lock: claims and outcomes of one conversation go one after the other. */
export async function lockConversation(
  tx: Transaction,
  conversationId: string,
): Promise<{ deferredWakes: number } | undefined> {
  const rows = await tx.execute<{ deferred_wakes: number }>(
    sql`select deferred_wakes from conversations where id = ${conversationId} for no key update`,
  );
  return rows[0] && { deferredWakes: rows[0].deferred_wakes };
}

export async function addDeferredWakes(
  tx: Transaction,
  conversationId: string,
  count: number,
): Promise<void> {
  await tx
    .update(conversations)
    .set({ deferredWakes: sql`greatest(0, ${conversations.deferredWakes} + ${count})` })
    .where(eq(conversations.id, conversationId));
}

/** What is queued or on its way in a conversation, in the order of sends. */
export async function listUnfinished(
  tx: Transaction,
  conversationId: string,
  limit: number,
): Promise<MessageRow[]> {
  return tx
    .select()
    .from(messages)
    .where(and(eq(messages.conversationId, conversationId), inArray(messages.status, ["queued", "sending"])))
    .orderBy(messages.position)
    .limit(limit);
}

export async function lockMessage(tx: Transaction, messageId: string): Promise<MessageRow | undefined> {
  const rows = await tx.select().from(messages).where(eq(messages.id, messageId)).for("no key update");
  return rows[0];
}

export async function updateMessage(
  tx: Transaction,
  messageId: string,
  change: MessageChange,
): Promise<void> {
  await tx.update(messages).set(change).where(eq(messages.id, messageId));
}

export interface SendingNumber {
  readonly waPhoneNumberId: string;
  readonly portfolioId: string;
  readonly accessTokenRef: string;
  readonly lastWebhookAt: Date | null;
}

export async function readSendingNumber(
  tx: Transaction,
  phoneNumberId: string,
): Promise<SendingNumber | undefined> {
  const rows = await tx
    .select({
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      portfolioId: phoneNumbers.portfolioId,
      accessTokenRef: phoneNumbers.accessTokenRef,
      lastWebhookAt: phoneNumbers.lastWebhookAt,
    })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, phoneNumberId));
  return rows[0];
}

/** The contact's living aliases, the newest of each kind first. */
export async function listAliases(
  tx: Transaction,
  contactId: string,
): Promise<{ kind: string; value: string }[]> {
  return tx
    .select({ kind: contactAliases.kind, value: contactAliases.value })
    .from(contactAliases)
    .where(and(eq(contactAliases.contactId, contactId), sql`${contactAliases.endedAt} is null`))
    .orderBy(desc(contactAliases.createdAt));
}

/** Learns how Meta calls a contact. A name that is somebody else's already stays with them. */
export async function learnAlias(
  tx: Transaction,
  portfolioId: string,
  contactId: string,
  alias: { kind: "wa_id" | "bsuid"; value: string },
): Promise<void> {
  await tx
    .insert(contactAliases)
    .values({ portfolioId, contactId, ...alias })
    .onConflictDoNothing();
}

/** Attempts whose time ran out: the process that made them is gone. */
export async function listAbandonedAttempts(
  tx: Transaction,
  now: Date,
  limit: number,
): Promise<{ id: string; conversationId: string }[]> {
  return tx
    .select({ id: messages.id, conversationId: messages.conversationId })
    .from(messages)
    .where(
      and(
        eq(messages.status, "sending"),
        sql`${messages.uncertainAt} is null`,
        sql`${messages.claimExpiresAt} <= ${now.toISOString()}::timestamptz`,
      ),
    )
    .limit(limit);
}

/** Messages that should have moved long ago: their wake-up was lost somewhere. */
export async function listStuckMessages(
  tx: Transaction,
  before: Date,
  limit: number,
): Promise<Pick<MessageRow, "id" | "status" | "conversationId" | "phoneNumberId">[]> {
  const time = sql`${before.toISOString()}::timestamptz`;
  return tx
    .select({
      id: messages.id,
      status: messages.status,
      conversationId: messages.conversationId,
      phoneNumberId: messages.phoneNumberId,
    })
    .from(messages)
    .where(
      or(
        and(
          eq(messages.status, "queued"),
          sql`coalesce(${messages.nextAttemptAt}, ${messages.createdAt}) < ${time}`,
        ),
        and(eq(messages.status, "sending"), sql`${messages.uncertainAt} < ${time} - interval '5 minutes'`),
      ),
    )
    .orderBy(messages.position)
    .limit(limit);
}
