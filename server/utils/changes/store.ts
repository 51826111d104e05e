import { asc, eq, gt, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { changes, conversations } from "#db/schema/index";
import type { Change } from "../context";

/** What the table holds behind a place in the feed. */
export interface MissedChanges {
  /** Where the feed ended when it was asked; the changes may reach further. */
  readonly lastSeq: number;
  readonly changes: readonly Change[];
  /** False when there may have been more. */
  readonly isComplete: boolean;
}

/** The number of the last change that anybody can have seen. */
export async function readLastSeq(tx: Transaction): Promise<number> {
  const rows = await tx.execute<{ seq: string }>(sql`select last_change_seq() as seq`);
  return Number(rows[0]?.seq ?? 0);
}

/** The changes behind `after`, oldest first; none at all when there are more than `limit`. */
export async function readMissedChanges(
  tx: Transaction,
  after: number,
  limit: number,
): Promise<MissedChanges> {
  // First: whatever commits between the two statements is then behind the end, and comes with its notification.
  const [end] = await tx.execute<{ seq: string; is_recent: boolean | null }>(sql`
    select last_change_seq() as seq,
      (select created_at > now() - interval '12 hours' from changes where seq = ${after}) as is_recent`);
  const lastSeq = Number(end?.seq ?? 0);
  const missed = await tx
    .select({
      seq: changes.seq,
      kind: changes.kind,
      direction: changes.direction,
      phoneNumberId: changes.phoneNumberId,
      conversationId: changes.conversationId,
      messageId: changes.messageId,
      ownerClientId: conversations.ownerClientId,
    })
    .from(changes)
    .leftJoin(conversations, eq(conversations.id, changes.conversationId))
    .where(gt(changes.seq, after))
    .orderBy(asc(changes.seq))
    .limit(limit + 1);
  // The feed's end never moves back, unless another state of the database was put in its place.
  if (missed.length > limit || lastSeq < after) return { lastSeq, changes: [], isComplete: false };
  const hasHoles = missed.length < (missed.at(-1)?.seq ?? after) - after;
  // A hole is a transaction that was rolled back, or what retention deleted; that is at least a day old.
  return { lastSeq, changes: missed, isComplete: !hasHoles || end?.is_recent === true };
}
