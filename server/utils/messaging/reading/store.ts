import { and, asc, desc, eq, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import {
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

const DAY_MS = 24 * 60 * 60_000;

/** The columns of a message that a client may see. */
export const visible = {
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
  /** Whether the client sees every conversation of these numbers; otherwise its own conversations lead to its messages. */
  readonly seesAll: boolean;
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
  const { conversationId, contactId, direction, since, beforeId, limit } = filter;
  const narrowed = and(
    direction ? eq(messages.direction, direction) : undefined,
    // An id is made when a message is stored, which is not before it was written: the index need not be read to its end. A
    // day more, because the clocks of two hosts may differ.
    since
      ? and(gte(messages.occurredAt, since), gte(messages.id, firstIdAt(new Date(since.getTime() - DAY_MS))))
      : undefined,
    beforeId ? lt(messages.id, beforeId) : undefined,
  );
  const isOnNumber = inArray(messages.phoneNumberId, [...filter.phoneNumberIds]);
  if (conversationId || (filter.seesAll && !contactId)) {
    const isInConversation = conversationId ? eq(messages.conversationId, conversationId) : undefined;
    return selectVisible(tx)
      .where(and(isOnNumber, isInConversation, narrowed))
      .orderBy(desc(messages.id))
      .limit(limit);
  }
  // The newest of each conversation, and of those the newest: a walk over a number that others share would pass
  // everything that is theirs.
  const newest = tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.conversationId, conversations.id), narrowed))
    .orderBy(desc(messages.id))
    .limit(limit)
    .as("newest");
  const ids = await tx
    .select({ id: newest.id })
    .from(conversations)
    .innerJoinLateral(newest, sql`true`)
    .where(
      and(
        inArray(conversations.phoneNumberId, [...filter.phoneNumberIds]),
        contactId ? eq(conversations.contactId, contactId) : undefined,
      ),
    )
    .orderBy(desc(newest.id))
    .limit(limit);
  if (ids.length === 0) return [];
  const wanted = ids.map(({ id }) => id);
  return selectVisible(tx).where(inArray(messages.id, wanted)).orderBy(desc(messages.id));
}

function selectVisible(tx: Transaction) {
  return tx
    .select(visible)
    .from(messages)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, messages.phoneNumberId))
    .innerJoin(contacts, eq(contacts.id, messages.contactId))
    .$dynamic();
}

// The smallest uuid v7 of a millisecond: its first 48 bits are the time.
function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
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

/** The contact that a caller means, among those that it sees on these numbers. */
export async function findVisibleContact(
  tx: Transaction,
  recipient: Recipient,
  phoneNumberIds: readonly string[],
): Promise<string | undefined> {
  if (recipient.kind === "contact") {
    const { id } = contacts;
    const rows = await tx.select({ id }).from(contacts).where(eq(id, recipient.contactId));
    return rows[0]?.id;
  }
  const portfolios = tx
    .select({ portfolioId: phoneNumbers.portfolioId })
    .from(phoneNumbers)
    .where(inArray(phoneNumbers.id, [...phoneNumberIds]));
  const kinds: ("wa_id" | "phone_input" | "bsuid")[] =
    recipient.kind === "bsuid" ? ["bsuid"] : ["wa_id", "phone_input"];
  const rows = await tx
    .select({ id: contactAliases.contactId })
    .from(contactAliases)
    .where(
      and(
        inArray(contactAliases.portfolioId, portfolios),
        inArray(contactAliases.kind, kinds),
        eq(contactAliases.value, recipient.value),
        isNull(contactAliases.endedAt),
      ),
    )
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
