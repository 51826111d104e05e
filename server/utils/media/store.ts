import { and, eq, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { mediaObjects, phoneNumbers } from "#db/schema/index";
import { UPLOAD_MARGIN_MS } from "./outbound/upload-margin";

export type MediaRow = typeof mediaObjects.$inferSelect;
type MediaChange = Partial<typeof mediaObjects.$inferInsert>;

/** The right to work on a file, for a while. The count of attempts tells it from a later one. */
export interface MediaClaim {
  readonly media: MediaRow;
  /** Meta's id of the number. */
  readonly waPhoneNumberId: string;
}

/** A file by its id, as far as the role may see it. */
export async function findMedia(tx: Transaction, id: string): Promise<MediaRow | undefined> {
  const rows = await tx.select().from(mediaObjects).where(eq(mediaObjects.id, id));
  return rows[0];
}

/** Takes a file for `leaseMs`; undefined when somebody has it, or when there is nothing more to do in that direction. */
export async function claimMedia(
  tx: Transaction,
  id: string,
  direction: MediaRow["direction"],
  now: Date,
  leaseMs: number,
): Promise<MediaClaim | undefined> {
  const until = new Date(now.getTime() + leaseMs);
  const rows = await tx
    .update(mediaObjects)
    .set({ claimExpiresAt: until, nextAttemptAt: until, attempts: sql`${mediaObjects.attempts} + 1` })
    .where(
      and(
        eq(mediaObjects.id, id),
        eq(mediaObjects.direction, direction),
        direction === "inbound" ? eq(mediaObjects.state, "pending") : isToUpload(now),
        or(isNull(mediaObjects.claimExpiresAt), lte(mediaObjects.claimExpiresAt, now)),
      ),
    )
    .returning();
  const media = rows[0];
  if (!media) return undefined;
  const numbers = await tx
    .select({ waPhoneNumberId: phoneNumbers.waPhoneNumberId })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.id, media.phoneNumberId));
  return { media, waPhoneNumberId: numbers[0]?.waPhoneNumberId ?? "" };
}

// What is to be sent is uploaded again when Meta is about to forget it, and not before. Asked here, under the row's lock: who
// looked at the row before may have done so before another's upload was settled.
function isToUpload(now: Date) {
  const { state, waMediaExpiresAt } = mediaObjects;
  return and(
    inArray(state, ["pending", "ready"]),
    or(isNull(waMediaExpiresAt), lte(waMediaExpiresAt, new Date(now.getTime() + UPLOAD_MARGIN_MS))),
  );
}

/** Makes a claim last longer. Returns whether it still held. */
export async function renewMediaClaim(
  tx: Transaction,
  claim: MediaClaim,
  now: Date,
  leaseMs: number,
): Promise<boolean> {
  const until = new Date(now.getTime() + leaseMs);
  return updateClaimed(tx, claim, { claimExpiresAt: until, nextAttemptAt: until });
}

/** Writes down what came of a claim, and ends it. Returns false when it was somebody else's already. */
export async function settleMedia(tx: Transaction, claim: MediaClaim, change: MediaChange): Promise<boolean> {
  return updateClaimed(tx, claim, { nextAttemptAt: null, ...change, claimExpiresAt: null });
}

/** Writes down what is known so far, and goes on. */
export async function noteMedia(tx: Transaction, claim: MediaClaim, change: MediaChange): Promise<boolean> {
  return updateClaimed(tx, claim, change);
}

async function updateClaimed(tx: Transaction, { media }: MediaClaim, change: MediaChange): Promise<boolean> {
  const rows = await tx
    .update(mediaObjects)
    .set(change)
    .where(
      and(
        eq(mediaObjects.id, media.id),
        eq(mediaObjects.attempts, media.attempts),
        sql`${mediaObjects.claimExpiresAt} is not null`,
      ),
    )
    .returning({ id: mediaObjects.id });
  return rows.length > 0;
}
