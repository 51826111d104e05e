import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { readSenderAccess } from "../sending/access/store";
import { readWindowFacts } from "../sending/recipients/store";
import type { MessageRow } from "../sending/store";
import { readWindow } from "../window";

/**
 * Holds a message that waited to what its sender may do by now: a client may have been disabled since, a grant tightened.
 *
 * @throws AppError `conflict`
 */
export async function requireLivingPermission(
  tx: Transaction,
  message: MessageRow,
  now: Date,
): Promise<void> {
  const access = await readSenderAccess(tx, message);
  if (!access || access.isEnded) throw gone("Its client, key or grant is no longer good.");
  const window = readWindow(await readWindowFacts(tx, message.conversationId), now);
  const isAllowed = {
    anyone: true,
    open_window: window.open,
    allowlist: access.isListed,
    none: false,
  }[access.recipientPolicy];
  if (!isAllowed) throw gone("Its client may not write to this person any more.");
}

function gone(message: string): AppError {
  return new AppError("conflict", message, { advice: "Refuse it, or leave it to expire." });
}
