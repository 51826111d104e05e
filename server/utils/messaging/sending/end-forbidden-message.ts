import type { Transaction } from "#db/client";
import { readSenderAccess } from "./access/store";
import { endUnsent } from "./end-unsent";
import type { MessageRow } from "./store";

/**
 * Ends a queued message whose client was disabled, or whose key or grant was revoked, since it was queued: whoever ends an
 * access wants nothing more to leave by it. A key that was rotated, or has expired, leaves what it queued alone.
 *
 * @returns whether it ended
 */
export async function endForbiddenMessage(tx: Transaction, message: MessageRow, now: Date): Promise<boolean> {
  if (message.status !== "queued") return false;
  const access = await readSenderAccess(tx, message);
  if (!access?.isEnded) return false;
  const reason = "the access of its sender was ended before it left";
  await endUnsent(tx, message, "failed", { reason, advice: "The owner of this server ended it." }, now);
  return true;
}
