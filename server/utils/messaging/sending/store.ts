import { and, asc, desc, eq, inArray, isNull, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { contactAliases, conversations, messageEvents, messages } from "#db/schema/index";
import { newId } from "../../ids";
import type { WindowFacts } from "../is-closed-by-meta";
import type { MessageStatus } from "../message-status";

export type MessageRow = typeof messages.$inferSelect;
export type MessageChange = Partial<typeof messages.$inferInsert> & { status?: MessageStatus };

/**
 * Inserts a message. Returns false when it is there already: an inbound one by its wamid, an outbound one by its
 * idempotency key.
 */
export async function insertMessage(tx: Transaction, row: typeof messages.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(messages).values(row).onConflictDoNothing().returning({ id: messages.id });
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

/** A conversation, as far as sending depends on it. */
export interface SendingConversation extends WindowFacts {
  readonly phoneNumberId: string;
  readonly deferredWakes: number;
  readonly pacedUntil: Date | null;
}

/** Takes the conversation's lock: claims and outcomes of one conversation go one after the other. */
export async function lockConversation(
  tx: Transaction,
  conversationId: string,
): Promise<SendingConversation | undefined> {
  const { phoneNumberId, deferredWakes, pacedUntil, lastInboundAt, windowClosedAt } = conversations;
  const rows = await tx
    .select({ phoneNumberId, deferredWakes, pacedUntil, lastInboundAt, windowClosedAt })
    .from(conversations)
    .where(eq(conversations.id, conversationId))
    .for("no key update");
  return rows[0];
}

/** Takes the locks of several conversations, in the order of their ids: two that do so cannot wait for each other. */
export async function lockConversations(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .select({ id: conversations.id })
    .from(conversations)
    .where(inArray(conversations.id, [...ids]))
    .orderBy(conversations.id)
    .for("no key update");
}

export async function setPacedUntil(tx: Transaction, conversationId: string, until: Date): Promise<void> {
  await tx.update(conversations).set({ pacedUntil: until }).where(eq(conversations.id, conversationId));
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

/** What is queued or on its way in a conversation, in the order of sends, without what is uncertain. */
export async function listUnfinished(
  tx: Transaction,
  conversationId: string,
  limit: number,
): Promise<MessageRow[]> {
  return tx
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.conversationId, conversationId),
        inArray(messages.status, ["queued", "sending"]),
        // Here, not by the caller: any number of them may stand before the first that counts.
        isNull(messages.uncertainAt),
      ),
    )
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

/** How many attempts of a message ended with nobody knowing whether Meta took it. */
export async function countUncertainAttempts(tx: Transaction, messageId: string): Promise<number> {
  return countEvents(tx, messageId, sql`${messageEvents.detail} ->> 'uncertain' = 'true'`);
}

/** How often Meta refused a message with this code. */
export async function countRefusals(tx: Transaction, messageId: string, code: number): Promise<number> {
  return countEvents(tx, messageId, sql`${messageEvents.error} ->> 'code' = ${String(code)}`);
}

async function countEvents(tx: Transaction, messageId: string, which: SQL): Promise<number> {
  const rows = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(messageEvents)
    .where(and(eq(messageEvents.messageId, messageId), which));
  return rows[0]?.count ?? 0;
}

/**
 * Makes whoever parks a status and whoever learns whose a wamid is go one after the other, until they commit: each must see
 * what the other did. Taken after the conversation and the message, or by a transaction that takes nothing after it.
 */
export async function lockWamid(tx: Transaction, phoneNumberId: string, wamid: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${phoneNumberId}:${wamid}`}, 8))`);
}

/** Gives parked statuses to the message that turned out to be theirs, in the order in which they came. */
export async function adoptParkedStatuses(
  tx: Transaction,
  phoneNumberId: string,
  wamid: string,
  messageId: string,
): Promise<Pick<typeof messageEvents.$inferSelect, "status" | "occurredAt" | "error">[]> {
  await lockWamid(tx, phoneNumberId, wamid);
  const { id, status, occurredAt, error } = messageEvents;
  const isParked = and(
    eq(messageEvents.phoneNumberId, phoneNumberId),
    eq(messageEvents.wamid, wamid),
    isNull(messageEvents.messageId),
  );
  const parked = await tx
    .select({ id, status, occurredAt, error })
    .from(messageEvents)
    .where(isParked)
    .orderBy(asc(id));
  if (parked.length > 0) await tx.update(messageEvents).set({ messageId }).where(isParked);
  return parked;
}
