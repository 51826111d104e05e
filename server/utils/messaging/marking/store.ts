import { and, count, desc, eq, gt, inArray, isNotNull, notInArray, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, messages, phoneNumbers } from "#db/schema/index";
import { NO_MESSAGE_TYPES } from "../no-message-types";

/** A message that a person wrote. */
export interface InboundMessage {
  readonly id: string;
  readonly wamid: string | null;
  readonly occurredAt: Date;
}

/** The conversation of a message that is visible and on one of these numbers. */
export async function findConversationOf(
  tx: Transaction,
  messageId: string,
  phoneNumberIds: readonly string[],
): Promise<{ conversationId: string; direction: "inbound" | "outbound" } | undefined> {
  const rows = await tx
    .select({ conversationId: messages.conversationId, direction: messages.direction })
    .from(messages)
    .where(and(eq(messages.id, messageId), inArray(messages.phoneNumberId, [...phoneNumberIds])));
  return rows[0];
}

/** Whoever writes a message has this lock: nothing comes in between while it is held. */
export async function lockConversation(
  tx: Transaction,
  conversationId: string,
  phoneNumberIds: readonly string[],
): Promise<boolean> {
  const rows = await tx
    .select({ id: conversations.id })
    .from(conversations)
    .where(
      and(eq(conversations.id, conversationId), inArray(conversations.phoneNumberId, [...phoneNumberIds])),
    )
    .for("no key update");
  return rows.length > 0;
}

/** The message that is named, if a person wrote it. */
export async function findInbound(
  tx: Transaction,
  conversationId: string,
  messageId: string,
): Promise<InboundMessage | undefined> {
  return selectNewest(tx, conversationId, eq(messages.id, messageId));
}

/**
 * The message that the person wrote last. What is a setting, is about another message or is for another agent is passed over,
 * and what nobody can read counts only where there is nothing else.
 */
export async function findNewestInbound(
  tx: Transaction,
  conversationId: string,
): Promise<InboundMessage | undefined> {
  const { wamid, quiet, type } = messages;
  const isTold = and(isNotNull(wamid), eq(quiet, false));
  const isReadable = notInArray(type, [...NO_MESSAGE_TYPES, ...UNREADABLE]);
  return (
    (await selectNewest(tx, conversationId, and(isTold, isReadable))) ??
    (await selectNewest(tx, conversationId, and(isTold, inArray(type, UNREADABLE))))
  );
}

const UNREADABLE = ["unsupported", "unknown"];

async function selectNewest(
  tx: Transaction,
  conversationId: string,
  isMeant: SQL | undefined,
): Promise<InboundMessage | undefined> {
  const { id, wamid, occurredAt } = messages;
  const rows = await tx
    .select({ id, wamid, occurredAt })
    .from(messages)
    .where(and(eq(messages.conversationId, conversationId), eq(messages.direction, "inbound"), isMeant))
    .orderBy(desc(id))
    .limit(1);
  return rows[0];
}

/**
 * Counts what came after a message as unread, and nothing else.
 *
 * @returns how many are unread now
 */
export async function setUnreadAfter(
  tx: Transaction,
  conversationId: string,
  messageId: string | undefined,
): Promise<number> {
  const { unreadCount } = conversations;
  const isLater = and(
    eq(messages.conversationId, conversationId),
    eq(messages.direction, "inbound"),
    eq(messages.quiet, false),
    gt(messages.id, messageId ?? ""),
  );
  const [later] = messageId ? await tx.select({ count: count() }).from(messages).where(isLater) : [];
  const rows = await tx
    .update(conversations)
    .set({ unreadCount: sql`least(${unreadCount}, ${later?.count ?? 0}::integer)` })
    .where(eq(conversations.id, conversationId))
    .returning({ unread: unreadCount });
  return rows[0]?.unread ?? 0;
}

/** What Meta is to be told of a message. */
export interface ReadMessage {
  readonly wamid: string | null;
  readonly waPhoneNumberId: string;
  readonly isDisabled: boolean;
  readonly occurredAt: Date;
  /** When Meta was told. */
  readonly readAt: Date | null;
}

export async function findReadMessage(tx: Transaction, messageId: string): Promise<ReadMessage | undefined> {
  const rows = await tx
    .select({
      wamid: messages.wamid,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      isDisabled: sql<boolean>`${phoneNumbers.disabledAt} is not null`,
      occurredAt: messages.occurredAt,
      readAt: messages.readAt,
    })
    .from(messages)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, messages.phoneNumberId))
    .where(and(eq(messages.id, messageId), eq(messages.direction, "inbound")));
  return rows[0];
}

export async function noteRead(tx: Transaction, messageId: string, now: Date): Promise<void> {
  await tx
    .update(messages)
    .set({ readAt: sql`coalesce(${messages.readAt}, ${now.toISOString()}::timestamptz)` })
    .where(eq(messages.id, messageId));
}
