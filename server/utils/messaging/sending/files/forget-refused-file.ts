import type { Transaction } from "#db/client";
import { forgetUploaded } from "../../../media/outbound/store";
import type { SendError } from "../../../meta/send-outcome";
import { countRefusals, type MessageRow } from "../store";
import { readAttachedId } from "./read-attached-id";

// Invalid parameter, value of a parameter, file not fetched, file not taken (Meta, "Error codes"): what Meta says of a media id
// that it has forgotten, among other things.
const CODES = [100, 131009, 131052, 131053];

/**
 * Forgets the upload of a message that Meta refused for what may be its file, so that the next attempt uploads it again. Once:
 * the second time it is something else.
 *
 * @returns whether another attempt may help
 */
export async function forgetRefusedFile(
  tx: Transaction,
  message: MessageRow,
  { code }: SendError,
): Promise<boolean> {
  const mediaId = readAttachedId(message);
  if (!mediaId || code === undefined || !CODES.includes(code)) return false;
  for (const known of CODES) if ((await countRefusals(tx, message.id, known)) > 0) return false;
  await forgetUploaded(tx, mediaId);
  return true;
}
