import { and, asc, desc, eq, gt, gte, inArray, lt, lte, not, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import {
  changes,
  contactAliases,
  contacts,
  conversations,
  messageEvents,
  messages,
  phoneNumbers,
} from "#db/schema/index";
import type { VisibleMessage } from "../message-view";
import type { Recipient } from "../recipient";

// Row-level security decides what is visible; the filters only narrow it.

const visible = {
  id: messages.id,
  wamid: messages.wamid,
  direction: messages.direction,
  type: messages.type,
  status: messages.status,
  text: messages.text,
  conversationId: messages.conversationId,
  contactId: messages.contactId,
  waPhoneNumberId: phoneNumbers.waPhoneNumberId,
  profileName: contacts.profileName,
  replyToWamid: messages.replyToWamid,
  occurredAt: messages.occurredAt,
};

export interface MessageFilter {
  readonly phoneNumberIds: readonly string[];
  readonly conversationId: string | undefined;
  readonly contactId: string | undefined;
  readonly direction: "inbound" | "outbound" | undefined;
  readonly since: Date | undefined;
  /** Older than this message. */
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** Messages, newest first. */
export async function listMessages(tx: Transaction, filter: MessageFilter): Promise<VisibleMessage[]> {
  const { conversationId, contactId, direction, since, beforeId } = filter;
  return tx
    .select(visible)
    .from(messages)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, messages.phoneNumberId))
    .innerJoin(contacts, eq(contacts.id, messages.contactId))
    .where(
      and(
        inArray(messages.phoneNumberId, [...filter.phoneNumberIds]),
        conversationId ? eq(messages.conversationId, conversationId) : undefined,
        contactId ? eq(messages.contactId, contactId) : undefined,
        direction ? eq(messages.direction, direction) : undefined,
        since ? gte(messages.occurredAt, since) : undefined,
        beforeId ? lt(messages.id, beforeId) : undefined,
      ),
    )
    .orderBy(desc(messages.id))
    .limit(filter.limit);
}

export async function isConversationVisible(
  tx: Transaction,
  conversationId: string,
  phoneNumberIds: readonly string[],
): Promise<boolean> {
  const rows = await tx
    .select({ id: conversations.id })
    .from(conversations)
    .where(
      and(eq(conversations.id, conversationId), inArray(conversations.phoneNumberId, [...phoneNumberIds])),
    );
  return rows.length > 0;
}

/** The contact that a caller means, among those that it sees. */
export async function findVisibleContact(tx: Transaction, recipient: Recipient): Promise<string | undefined> {
  if (recipient.kind === "contact") {
    const rows = await tx
      .select({ id: contacts.id })
      .from(contacts)
      .where(eq(contacts.id, recipient.contactId));
    return rows[0]?.id;
  }
  const kinds: ("wa_id" | "phone_input" | "bsuid")[] =
    recipient.kind === "bsuid" ? ["bsuid"] : ["wa_id", "phone_input"];
  const rows = await tx
    .select({ id: contactAliases.contactId })
    .from(contactAliases)
    .where(and(inArray(contactAliases.kind, kinds), eq(contactAliases.value, recipient.value)))
    .limit(1);
  return rows[0]?.id;
}

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

export interface ChangeFilter {
  readonly phoneNumberIds: readonly string[];
  readonly conversationId: string | undefined;
}

/** The number of the last change that anybody can have seen. */
export async function readLastSeq(tx: Transaction): Promise<number> {
  const rows = await tx.execute<{ seq: string }>(sql`select last_change_seq() as seq`);
  return Number(rows[0]?.seq ?? 0);
}

/** Inbound messages that became visible after `after` and up to `upTo`, oldest first. */
export async function listArrivals(
  tx: Transaction,
  filter: ChangeFilter,
  after: number,
  upTo: number,
  limit: number,
): Promise<(VisibleMessage & { seq: number })[]> {
  return selectArrivals(tx, filter, upTo, gt(changes.seq, after)).orderBy(asc(changes.seq)).limit(limit);
}

/** The inbound messages that nobody has answered or read yet, newest first. */
export async function listUnread(
  tx: Transaction,
  filter: ChangeFilter,
  upTo: number,
  limit: number,
): Promise<(VisibleMessage & { seq: number })[]> {
  const isUnread = sql`(
    select count(distinct later.message_id) from ${changes} later
    where later.conversation_id = ${changes.conversationId} and later.seq > ${changes.seq}
      and later.kind = 'message' and later.direction = 'inbound'
  ) < ${conversations.unreadCount}`;
  return selectArrivals(tx, filter, upTo, and(gt(conversations.unreadCount, 0), isUnread))
    .orderBy(desc(changes.seq))
    .limit(limit);
}

function selectArrivals(tx: Transaction, filter: ChangeFilter, upTo: number, which: SQL | undefined) {
  // A ghost that was replaced stands in the feed twice: the last time counts.
  const isReplaced = sql`exists (
    select from ${changes} again
    where again.conversation_id = ${changes.conversationId} and again.message_id = ${changes.messageId}
      and again.kind = 'message' and again.seq > ${changes.seq} and again.seq <= ${upTo})`;
  return tx
    .select({ ...visible, seq: changes.seq })
    .from(changes)
    .innerJoin(messages, eq(messages.id, changes.messageId))
    .innerJoin(conversations, eq(conversations.id, changes.conversationId))
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, changes.phoneNumberId))
    .innerJoin(contacts, eq(contacts.id, messages.contactId))
    .where(
      and(
        eq(changes.kind, "message"),
        eq(changes.direction, "inbound"),
        inArray(changes.phoneNumberId, [...filter.phoneNumberIds]),
        filter.conversationId ? eq(changes.conversationId, filter.conversationId) : undefined,
        lte(changes.seq, upTo),
        not(isReplaced),
        which,
      ),
    );
}
