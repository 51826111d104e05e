import type { Transaction } from "#db/client";
import { readStatusChange } from "../read-status-change";
import { adoptParkedStatuses, lockMessage, updateMessage } from "../sending/store";

/** Applies to a message the statuses that came before anybody knew that they are its own. */
export async function adoptParked(
  tx: Transaction,
  phoneNumberId: string,
  wamid: string,
  messageId: string,
): Promise<void> {
  for (const parked of await adoptParkedStatuses(tx, phoneNumberId, wamid, messageId)) {
    const message = await lockMessage(tx, messageId);
    const report = { ...parked, wamid, error: parked.error ?? undefined };
    if (message) await updateMessage(tx, messageId, readStatusChange(message, report));
  }
}
