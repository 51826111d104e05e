import { and, asc, desc, eq, exists, gt, inArray, lte, not, or, sql, type SQL } from "drizzle-orm";
import { alias, type AnyPgColumn } from "drizzle-orm/pg-core";
import type { Transaction } from "#db/client";
import { changes, conversations, messages, phoneNumbers } from "#db/schema/index";
import type { VisibleMessage } from "../../message-view";
import { visible } from "../store";
import type { ArrivalKind } from "./arrival-kind";

// Row-level security decides what is visible; the filters only narrow it.

/** How many unread messages of one conversation are looked at, newest first. */
const UNREAD_LIMIT = 500;

export interface ArrivalFilter {
  readonly phoneNumberIds: readonly string[];
  readonly conversationId: string | undefined;
  readonly kinds: readonly ArrivalKind[];
}

/** A message, and its place in the change feed. */
export interface Arrival extends VisibleMessage {
  readonly seq: number;
  /** Where the feed ended when this was read. */
  readonly lastSeq: number;
}

/** Messages with something new behind `after`, each once, at the place of the newest; oldest first. */
export async function listArrivals(
  tx: Transaction,
  filter: ArrivalFilter,
  after: number,
  limit: number,
): Promise<Arrival[]> {
  return selectArrivals(tx, filter, gt(changes.seq, after), undefined).limit(limit);
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
  const inbound: ArrivalFilter = { ...filter, kinds: ["inbound"] };
  return selectArrivals(tx, inbound, inArray(changes.messageId, ids), upTo).limit(limit);
}

function selectArrivals(tx: Transaction, filter: ArrivalFilter, which: SQL, upTo: number | undefined) {
  // What changed more than once, like a status or a ghost that was replaced, stands in the feed as often: the last time counts.
  const again = alias(changes, "again");
  const isInTime = (seq: AnyPgColumn) => (upTo === undefined ? undefined : lte(seq, upTo));
  const later = tx
    .select({ seq: again.seq })
    .from(again)
    .where(
      and(
        eq(again.messageId, changes.messageId),
        isOfKind(filter.kinds, again.kind, again.direction),
        gt(again.seq, changes.seq),
        isInTime(again.seq),
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
        isInTime(changes.seq),
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
