import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { chargeMessage, type FullCap } from "./store";

const WHAT: Record<FullCap["scope"], string> = {
  client: "This client may send {cap} messages a day, over all its keys.",
  key: "This key may send {cap} messages a day.",
  grant: "This client may send {cap} messages a day from this number.",
  recipient: "One person may get {cap} messages an hour from this client.",
};

/**
 * Counts a message that this transaction has inserted against the caps of its client, key, grant and recipient. The days
 * are those of UTC. A message that is certainly never sent gives its place back by itself (trigger `move_quota`).
 *
 * @throws AppError `rate_limited` when a cap is full; the transaction must then be rolled back
 */
export async function chargeSend(tx: Transaction, messageId: string, now: Date): Promise<void> {
  const full = await chargeMessage(tx, messageId);
  if (!full) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((full.retryAt.getTime() - now.getTime()) / 1000));
  throw new AppError("rate_limited", WHAT[full.scope].replace("{cap}", String(full.cap)), {
    advice: `It is free again at ${full.retryAt.toISOString()}. The owner of this server can raise the cap.`,
    retryAfterSeconds,
    details: { limit: `${full.scope}_${full.scope === "recipient" ? "hourly" : "daily"}`, cap: full.cap },
  });
}
