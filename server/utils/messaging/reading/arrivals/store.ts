import { and, asc, desc, eq, exists, gt, inArray, lte, not, sql, type SQL } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Transaction } from "#db/client";
import { changes, conversations, messages, phoneNumbers } from "#db/schema/index";
import type { VisibleMessage } from "../../message-view";
import { visible } from "../store";

// Row-level security decides what is visible; the filters only narrow it.

/** How many unread messages of one conversation are looked at, newest first. */
const UNREAD_LIMIT = 500;

export interface ArrivalFilter {
  readonly phoneNumberIds: readonly string[];
  readonly conversationId: string | undefined;
}

/** A message, and its place in the change feed. */
export type Arrival = VisibleMessage & { readonly seq: number };

/** The number of the last change that anybody can have seen. */
export async function readLastSeq(tx: Transaction): Promise<number> {
  const rows = await tx.execute<{ seq: string }>(sql`select last_change_seq() as seq`);
  return Number(rows[0]?.seq ?? 0);
}

/** Inbound messages that became visible after `after` and up to `upTo`, oldest first. */
export async function listArrivals(
  tx: Transaction,
  filter: ArrivalFilter,
  after: number,
  upTo: number,
  limit: number,
): Promise<Arrival[]> {
  return selectArrivals(tx, filter, upTo, gt(changes.seq, after)).limit(limit);
}

/** The inbound messages that nobody has answered or read yet, oldest first. */
export async function listUnread(
  tx: Transaction,
  filter: ArrivalFilter,
  upTo: number,
  limit: number,
): Promise<Arrival[]> {
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
  if (unread.length === 0) return [];
  const ids = unread.map(({ id }) => id);
  return selectArrivals(tx, filter, upTo, inArray(changes.messageId, ids)).limit(limit);
}

function selectArrivals(tx: Transaction, filter: ArrivalFilter, upTo: number, which: SQL) {
  // A ghost that was replaced stands in the feed twice: the last time counts.
  const again = alias(changes, "again");
  const replacement = tx
    .select({ seq: again.seq })
    .from(again)
    .where(
      and(
        eq(again.messageId, changes.messageId),
        eq(again.kind, "message"),
        gt(again.seq, changes.seq),
        lte(again.seq, upTo),
      ),
    );
  return tx
    .select({ ...visible, seq: changes.seq })
    .from(changes)
    .innerJoin(messages, eq(messages.id, changes.messageId))
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, changes.phoneNumberId))
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(
      and(
        eq(changes.kind, "message"),
        eq(changes.direction, "inbound"),
        inArray(changes.phoneNumberId, [...filter.phoneNumberIds]),
        filter.conversationId ? eq(changes.conversationId, filter.conversationId) : undefined,
        lte(changes.seq, upTo),
        not(exists(replacement)),
        which,
      ),
    )
    .orderBy(asc(changes.seq))
    .$dynamic();
}
