import type { Transaction } from "#db/client";
import { MediaFailure } from "../../../media/media-failure";
import { explainMediaFailure } from "../../../media/outbound/explain-media-failure";
import { findMedia, type MediaRow } from "../../../media/store";
import { endUnsent } from "../end-unsent";
import { passWake } from "../pass-wake";
import { addDeferredWakes, type MessageRow } from "../store";
import { announceUpload } from "./announce-upload";

/**
 * Puts the wake-up of a message down until Meta has its file: whoever ends the upload passes one on. Where nobody is at it, as
 * after a pause of the number or a crash, it is announced once more. Under the conversation's lock, like whatever ends an upload.
 */
export async function waitForFile(
  tx: Transaction,
  message: MessageRow,
  mediaId: string,
  now: Date,
): Promise<void> {
  const media = await findMedia(tx, mediaId);
  if (!media || media.state === "failed" || media.state === "deleted") {
    const error = explainMediaFailure(new MediaFailure("expired", true));
    await endUnsent(tx, message, "failed", error, now);
    await passWake(tx, message.conversationId, now);
    return;
  }
  await addDeferredWakes(tx, message.conversationId, 1);
  if (!isExpected(media, now)) await announceUpload(tx, media, now);
}

function isExpected({ nextAttemptAt, claimExpiresAt }: MediaRow, now: Date): boolean {
  return [nextAttemptAt, claimExpiresAt].some((until) => until !== null && until > now);
}
