import type { Transaction } from "#db/client";
import { forgetUploaded } from "../../../media/outbound/store";
import type { SendError } from "../../../meta/send-outcome";
import type { MessageRow } from "../store";
import { readAttachedId } from "./read-attached-id";

// File not fetched, file not taken: what Meta reports of a file later (Meta, "Error codes").
const REPORTED_CODES: ReadonlySet<number | undefined> = new Set([131052, 131053]);

/**
 * Forgets the upload of a message that Meta took, and of which it reports later that the file did not work: the message is over,
 * and the next one with these bytes uploads them again.
 */
export async function forgetFailedFile(
  tx: Transaction,
  message: MessageRow,
  { code }: Pick<SendError, "code">,
): Promise<void> {
  // What somebody sent from the business's own app names its file by Meta's id, and none of ours.
  if (!message.clientId || !REPORTED_CODES.has(code)) return;
  const mediaId = readAttachedId(message);
  if (mediaId) await forgetUploaded(tx, mediaId);
}
