import type { Transaction } from "#db/client";
import { raiseAlert } from "../../alerts/raise-alert";
import type { SendError } from "../../meta/send-outcome";
import { holdNumbers } from "./hold-numbers";
import { pauseNumber } from "./pause-number";

// Meta repeats webhooks for days: what is older may have been mended since.
const NEWS_MS = 60 * 60_000;

/** Draws the consequences for the number when Meta reports a failure later, as it does for payment and quality. */
export async function heedFailedStatus(
  tx: Transaction,
  phoneNumberId: string,
  { error, occurredAt }: { readonly error: SendError; readonly occurredAt: Date },
  now: Date,
): Promise<void> {
  if (now.getTime() - occurredAt.getTime() > NEWS_MS) return;
  if (error.needsHuman) await pauseNumber(tx, phoneNumberId, { code: error.code }, now);
  await holdNumbers(tx, phoneNumberId, error, now);
  if (error.alerts) await raiseAlert(tx, { kind: "send_refused", phoneNumberId, code: error.code }, now);
}
