import { and, desc, eq, gte, inArray, isNotNull, lt, or, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { contactAliases, conversations, messages, phoneNumbers } from "#db/schema/index";
import type { WindowFacts } from "../../is-closed-by-meta";
import type { PageEnd } from "../../page-cursor";

// Row-level security decides what is visible; the filters lead to it.

/** A conversation as its client may know it. */
export interface VisibleConversation extends WindowFacts {
  readonly id: string;
  readonly contactId: string;
  readonly waPhoneNumberId: string;
  readonly ownerClientId: string | null;
  readonly profileName: string | null;
  readonly username: string | null;
  readonly lastMessageAt: Date | null;
  readonly lastMessageId: string | null;
  readonly unreadCount: number;
}

export interface ActivityFilter {
  readonly phoneNumberId: string;
  /** Whose conversations; everybody's of the number when undefined. */
  readonly ownerClientId: string | undefined;
  readonly isUnread: boolean;
  /** In which something was written since then. */
  readonly since: Date | undefined;
  /** The last one of the page before, by the time of its last message. */
  readonly after: PageEnd | undefined;
  readonly limit: number;
}

/** The conversations of one number in which something was written last, the newest first. */
export async function listActiveConversations(
  tx: Transaction,
  { phoneNumberId, ownerClientId, isUnread, since, after, limit }: ActivityFilter,
): Promise<VisibleConversation[]> {
  const { lastMessageAt, id } = conversations;
  const afterAt = after && new Date(after.rank);
  return selectConversations(
    tx,
    and(
      eq(conversations.phoneNumberId, phoneNumberId),
      ownerClientId ? eq(conversations.ownerClientId, ownerClientId) : undefined,
      isNotNull(lastMessageAt),
      isUnread ? sql`${conversations.unreadCount} > 0` : undefined,
      since ? gte(lastMessageAt, since) : undefined,
      afterAt && or(lt(lastMessageAt, afterAt), and(eq(lastMessageAt, afterAt), lt(id, after.id))),
      // Said once more by itself, so that the index begins there.
      afterAt && sql`${lastMessageAt} <= ${afterAt.toISOString()}::timestamptz`,
    ),
  )
    .orderBy(desc(lastMessageAt), desc(id))
    .limit(limit);
}

export async function findConversation(
  tx: Transaction,
  conversationId: string,
  phoneNumberIds: readonly string[],
): Promise<VisibleConversation | undefined> {
  const isOnNumber = inArray(conversations.phoneNumberId, [...phoneNumberIds]);
  const rows = await selectConversations(tx, and(eq(conversations.id, conversationId), isOnNumber));
  return rows[0];
}

function selectConversations(tx: Transaction, where: SQL | undefined) {
  return tx
    .select({
      id: conversations.id,
      contactId: conversations.contactId,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      ownerClientId: conversations.ownerClientId,
      profileName: conversations.profileName,
      username: conversations.username,
      lastInboundAt: conversations.lastInboundAt,
      windowClosedAt: conversations.windowClosedAt,
      // To the millisecond, as a cursor has it.
      lastMessageAt: conversations.lastMessageAt,
      // A wish about marketing is no message, and does not move the time either.
      lastMessageId: sql<string | null>`(
        select ${messages.id} from ${messages} where ${messages.conversationId} = ${conversations.id}
          and ${messages.type} <> 'user_preferences'
        order by ${messages.id} desc limit 1
      )`,
      unreadCount: conversations.unreadCount,
    })
    .from(conversations)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, conversations.phoneNumberId))
    .where(where)
    .$dynamic();
}

/** A name by which this very conversation knows the person. */
export interface ConversationAlias {
  readonly kind: "wa_id" | "bsuid" | "parent_bsuid" | "phone_input";
  readonly value: string;
}

// Names change seldom: the newest messages have them.
const MESSAGES_LIMIT = 20;

/**
 * The contact's living aliases that came in messages of this conversation, in either direction, and those under which the
 * client itself wrote to it. `contact_aliases` holds what everybody's webhooks taught, and does not say whose, so it is only
 * asked which of them still hold.
 */
export async function listConversationAliases(
  tx: Transaction,
  { id, contactId }: VisibleConversation,
  clientId: string,
): Promise<ConversationAlias[]> {
  const { kind, value, endedAt } = contactAliases;
  const newest = { conversationId: id, clientId };
  return tx
    .selectDistinct({ kind, value })
    .from(contactAliases)
    .where(
      and(
        eq(contactAliases.contactId, contactId),
        sql`${endedAt} is null`,
        sql`${kind} || ':' || ${value} in (${namesIn({ ...newest, side: "from" })}
          union all ${namesIn({ ...newest, side: "to" })} union all ${namesGiven(newest)})`,
      ),
    )
    .orderBy(kind, value);
}

interface Newest {
  readonly conversationId: string;
  readonly clientId: string;
}

/** The names in Meta's messages: of whom one is from, or, of what the business wrote elsewhere, to whom it is. */
function namesIn({ conversationId, side }: Newest & { readonly side: "from" | "to" }): SQL {
  const fields = [side, `${side}_user_id`, `${side}_parent_user_id`];
  const isHolder = sql`(${sql.join(
    fields.map((field) => sql`${messages.content} ->> ${field}::text is not null`),
    sql` or `,
  )})`;
  const direction = side === "from" ? "inbound" : "outbound";
  return sql`select name from (
    select ${messages.content} as content from ${messages}
    where ${messages.conversationId} = ${conversationId} and ${messages.direction} = ${direction}
      and ${messages.clientId} is null and ${isHolder}
    order by ${messages.id} desc limit ${MESSAGES_LIMIT}
  ) as newest cross join lateral (values
    ('wa_id:' || (content ->> ${fields[0]}::text)), ('bsuid:' || (content ->> ${fields[1]}::text)),
    ('parent_bsuid:' || (content ->> ${fields[2]}::text))
  ) as told (name)`;
}

/** Whom the client named when it wrote. */
function namesGiven({ conversationId, clientId }: Newest): SQL {
  return sql`select name from (
    select ${messages.namedRecipient} as name from ${messages}
    where ${messages.conversationId} = ${conversationId} and ${messages.clientId} = ${clientId}
      and ${messages.namedRecipient} is not null
    order by ${messages.id} desc limit ${MESSAGES_LIMIT}
  ) as given`;
}
