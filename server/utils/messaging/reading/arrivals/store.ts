import { and, asc, desc, eq, exists, gt, inArray, lte, ne, not, or, sql, type SQL } from "drizzle-orm";
import { alias, type AnyPgColumn } from "drizzle-orm/pg-core";
import type { Transaction } from "#db/client";
import { changes, conversations, messages, phoneNumbers } from "#db/schema/index";
import type { VisibleMessage } from "../../message-view";
import { visible } from "../store";
import type { Bookmark } from "../bookmarks/bookmark";
import type { ArrivalKind } from "./arrival-kind";

// Row-level security decides what is visible; the filters only narrow it.

/** How many unread messages of one conversation are looked at, newest first. */
const UNREAD_LIMIT = 500;

export interface ArrivalFilter {
  readonly phoneNumberIds: readonly string[];
  readonly conversationId: string | undefined;
  /** The conversation or number that it narrows to; undefined when it leaves out nothing of what the key may see. */
  readonly scopeId: string | undefined;
  readonly kinds: readonly ArrivalKind[];
}

/** A message, and its place in the change feed. */
export interface Arrival extends VisibleMessage {
  readonly seq: number;
  /** Where the feed ended when this was read. */
  readonly lastSeq: number;
}

/**
 * Messages with something new behind a bookmark, each once, at the place of the newest; oldest first. With the bookmark's unread,
 * also the inbound messages from before it that nobody has answered or read yet.
 */
export async function listArrivals(
  tx: Transaction,
  filter: ArrivalFilter,
  { seq, withUnread, ahead }: Bookmark,
  limit: number,
): Promise<Arrival[]> {
  const unreadIds = withUnread ? await listUnreadIds(tx, filter) : [];
  const isNew = or(
    gt(changes.seq, seq),
    unreadIds.length > 0 ? inArray(changes.messageId, unreadIds) : undefined,
  );
  return selectArrivals(tx, filter, and(isNew, ahead && isBeyond(ahead))).limit(limit);
}

/** Whether a change was not among what a filtered reading returned. */
function isBeyond({ scopeId, seq }: NonNullable<Bookmark["ahead"]>): SQL | undefined {
  // Ids of conversations and of numbers are never the same.
  const isOutside = and(ne(changes.conversationId, scopeId), ne(changes.phoneNumberId, scopeId));
  return or(gt(changes.seq, seq), isOutside);
}

async function listUnreadIds(tx: Transaction, filter: ArrivalFilter): Promise<string[]> {
  const place = sql<number>`row_number() over (order by ${messages.id} desc)`.as("place");
  const newest = tx
    .select({ id: messages.id, place })
    .from(messages)
    .where(
      and(
        eq(messages.conversationId, conversations.id),
        eq(messages.direction, "inbound"),
        // What is quiet was not counted.
        not(messages.quiet),
      ),
    )
    .orderBy(desc(messages.id))
    .limit(UNREAD_LIMIT)
    .as("newest");
  const unread = await tx
    .select({ id: newest.id })
    .from(conversations)
    .innerJoinLateral(newest, sql`true`)
    .where(
      and(
        gt(conversations.unreadCount, 0),
        lte(newest.place, conversations.unreadCount),
        inArray(conversations.phoneNumberId, [...filter.phoneNumberIds]),
        filter.conversationId ? eq(conversations.id, filter.conversationId) : undefined,
      ),
    );
  return unread.map(({ id }) => id);
}

function selectArrivals(tx: Transaction, filter: ArrivalFilter, which: SQL | undefined) {
  // What changed more than once, like a status or a ghost that was replaced, stands in the feed as often: the last time counts.
  const again = alias(changes, "again");
  const later = tx
    .select({ seq: again.seq })
    .from(again)
    .where(
      and(
        eq(again.messageId, changes.messageId),
        isOfKind(filter.kinds, again.kind, again.direction),
        gt(again.seq, changes.seq),
      ),
    );
  // In the same statement as the messages, so that the place and what they say belong together.
  const lastSeq = sql`(select last_change_seq())`.mapWith(Number);
  return tx
    .select({ ...visible, seq: changes.seq, lastSeq })
    .from(changes)
    .innerJoin(messages, eq(messages.id, changes.messageId))
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, changes.phoneNumberId))
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(
      and(
        isOfKind(filter.kinds, changes.kind, changes.direction),
        inArray(changes.phoneNumberId, [...filter.phoneNumberIds]),
        filter.conversationId ? eq(changes.conversationId, filter.conversationId) : undefined,
        not(exists(later)),
        which,
      ),
    )
    .orderBy(asc(changes.seq))
    .$dynamic();
}

function isOfKind(kinds: readonly ArrivalKind[], kind: AnyPgColumn, direction: AnyPgColumn): SQL | undefined {
  const is = (wantedKind: string, wantedDirection: string) =>
    and(eq(kind, wantedKind), eq(direction, wantedDirection));
  const conditions = {
    inbound: is("message", "inbound"),
    outbound: is("message", "outbound"),
    statuses: is("status", "outbound"),
  };
  return or(...kinds.map((name) => conditions[name]));
}
