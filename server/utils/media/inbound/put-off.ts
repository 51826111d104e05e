import type { Transaction } from "#db/client";
import { raiseAlert } from "../../alerts/raise-alert";
import type { SystemContext } from "../../context";
import { explainSendError } from "../../meta/explain-send-error";
import { pauseNumber } from "../../messaging/sending/pause-number";
import { heedStorageFailure } from "../heed-storage-failure";
import { MediaFailure } from "../media-failure";
import { settleMedia, type MediaClaim } from "../store";

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
// Access tokens that are not valid, missing or expired (Meta, "Error codes"): with one of these nothing can be sent either.
const TOKEN_CODES: ReadonlySet<number> = new Set([0, 104, 190]);

/**
 * Has a file tried again later, by the sweep. What only a person can mend, the token or the disk, is told to the owner; the file
 * waits for that.
 *
 * @throws what is no `MediaFailure`, so that it is seen
 */
export async function putOff(ctx: SystemContext, claim: MediaClaim, error: unknown): Promise<void> {
  const { media } = claim;
  const now = ctx.clock.now();
  // A power of two beyond this many attempts is more than an hour, and later none that a date can hold.
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(media.attempts - 1, 20), LONGEST_PAUSE_MS);
  const failure = error instanceof MediaFailure ? error : undefined;
  await ctx.database.asSystem(async (tx) => {
    const isOurs = await settleMedia(tx, claim, {
      nextAttemptAt: new Date(now.getTime() + pauseMs),
      ...(failure ? { error: { reason: failure.reason, ...failure.more } } : {}),
    });
    if (!isOurs || !failure) return;
    const { code } = failure.more;
    if (typeof code === "number") await tellOwner(tx, media.phoneNumberId, code, now);
  });
  if (!failure) throw error;
  await heedStorageFailure(ctx, failure);
  ctx.wakeRelay();
}

// What else only a person can mend may be about this file alone, and is no reason to send nothing.
async function tellOwner(tx: Transaction, phoneNumberId: string, code: number, now: Date): Promise<void> {
  if (TOKEN_CODES.has(code)) await pauseNumber(tx, phoneNumberId, { code }, now);
  else if (explainSendError(code).class === "human")
    await raiseAlert(tx, { kind: "send_refused", phoneNumberId, code }, now);
}
