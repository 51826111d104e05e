import { and, desc, eq, gte, inArray, lt, sql, type AnyColumn, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, messages, phoneNumbers } from "#db/schema/index";
import { leadTo } from "../conversations/listing/store";
import type { Reach } from "../describe-reach";
import type { StoredMedia } from "../media-view";
import { TEXT_READ_LIMIT, type VisibleMessage } from "../message-view";

// Row-level security decides what is visible; the filters only narrow it.

const DAY_MS = 24 * 60 * 60_000;

/** The columns of a message that a client may see. */
export const visible = {
  id: messages.id,
  wamid: messages.wamid,
  direction: messages.direction,
  type: messages.type,
  status: messages.status,
  text: sql<string | null>`left(${messages.text}, ${sql.raw(String(TEXT_READ_LIMIT + 1))})`,
  // What holds megabytes is no message that a person reads.
  content: sql<Record<string, unknown> | null>`
    case when ${messages.direction} = 'inbound' and octet_length(${messages.content}::text) < 100000
    then ${messages.content} end`,
  isForwarded: sql<boolean>`coalesce(
    ${messages.content} -> 'context' -> 'forwarded' = 'true'
    or ${messages.content} -> 'context' -> 'frequently_forwarded' = 'true', false)`,
  conversationId: messages.conversationId,
  contactId: messages.contactId,
  waPhoneNumberId: phoneNumbers.waPhoneNumberId,
  profileName: conversations.profileName,
  replyToId: sql<string | null>`(
    select subject.id from messages subject
    where subject.phone_number_id = ${messages.phoneNumberId} and subject.wamid = ${messages.replyToWamid}
      and subject.conversation_id = ${messages.conversationId}
  )`,
  occurredAt: messages.occurredAt,
  editedAt: messages.editedAt,
  revokedAt: messages.revokedAt,
  quiet: messages.quiet,
  media: sql<StoredMedia | null>`(
    select jsonb_build_object(
      'id', file.id, 'state', file.state, 'sniffedType', file.sniffed_type, 'declaredType', file.declared_type,
      'sizeBytes', file.size_bytes, 'reason', file.error ->> 'reason')
    from media_objects file where file.message_id = ${messages.id}
  )`,
};

export interface MessageFilter extends Reach {
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
  const { allOf, ownOf, conversationId, contactId, direction, since, beforeId, limit } = filter;
  const narrowed = and(
    direction ? eq(messages.direction, direction) : undefined,
    // An id is made when a message is stored, which is not before it was written: the index need not be read to its end. A
    // day more, because the clocks of two hosts may differ.
    since
      ? and(gte(messages.occurredAt, since), gte(messages.id, firstIdAt(new Date(since.getTime() - DAY_MS))))
      : undefined,
    beforeId ? lt(messages.id, beforeId) : undefined,
  );
  if (conversationId || (ownOf.length === 0 && !contactId)) {
    const isOnNumber = inArray(messages.phoneNumberId, [...allOf, ...ownOf]);
    const isInConversation = conversationId ? eq(messages.conversationId, conversationId) : undefined;
    return selectVisible(tx)
      .where(and(isOnNumber, isInConversation, narrowed))
      .orderBy(desc(messages.id))
      .limit(limit);
  }
  const ids = await listNewestIds(tx, filter, narrowed);
  return readMessages(
    tx,
    ids.map(({ id }) => id),
  );
}

// The newest messages lie in those conversations whose newest is newest. A walk over a number that others share would pass
// everything that is theirs, and as many of each conversation would be 300,000 rows where a client has 15,000 of them.
function listNewestIds(tx: Transaction, filter: MessageFilter, narrowed: SQL | undefined) {
  const newestOf = (conversationId: AnyColumn, limit: number, name: string) =>
    tx
      .select({ id: messages.id })
      .from(messages)
      .where(and(eq(messages.conversationId, conversationId), narrowed))
      .orderBy(desc(messages.id))
      .limit(limit)
      .as(name);
  const first = newestOf(conversations.id, 1, "first");
  const moved = tx
    .select({ id: conversations.id })
    .from(conversations)
    .innerJoinLateral(first, sql`true`)
    .where(and(leadTo(filter), filter.contactId ? eq(conversations.contactId, filter.contactId) : undefined))
    .orderBy(desc(first.id))
    .limit(filter.limit)
    .as("moved");
  const newest = newestOf(moved.id, filter.limit, "newest");
  return tx
    .select({ id: newest.id })
    .from(moved)
    .innerJoinLateral(newest, sql`true`)
    .orderBy(desc(newest.id))
    .limit(filter.limit);
}

/** Messages by id, as far as they are visible, newest first. */
export async function readMessages(tx: Transaction, ids: readonly string[]): Promise<VisibleMessage[]> {
  if (ids.length === 0) return [];
  return selectVisible(tx)
    .where(inArray(messages.id, [...ids]))
    .orderBy(desc(messages.id));
}

function selectVisible(tx: Transaction) {
  return tx
    .select(visible)
    .from(messages)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, messages.phoneNumberId))
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .$dynamic();
}

// The smallest uuid v7 of a millisecond: its first 48 bits are the time.
function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, "0");
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
