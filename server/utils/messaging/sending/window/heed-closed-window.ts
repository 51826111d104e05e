import type { Transaction } from "#db/client";
import type { SendError } from "../../../meta/send-outcome";
import { WINDOW_CLOSED } from "../../window-closed";
import type { MessageRow } from "../store";
import { noteRefusal } from "./store";

/** When Meta refused a message, and when it says so. */
interface Refusal {
  readonly error: Pick<SendError, "code">;
  readonly occurredAt: Date;
  readonly now: Date;
}

/**
 * Notes that Meta refused a message because the window is closed, at once or later. Meta does so wrongly at times, and sending
 * again works then (a known issue of its "Send messages"): so the first refusal closes nothing.
 */
export async function heedClosedWindow(
  tx: Transaction,
  { conversationId, attemptedAt }: Pick<MessageRow, "conversationId" | "attemptedAt">,
  { error, occurredAt, now }: Refusal,
): Promise<void> {
  if (error.code !== WINDOW_CLOSED || !attemptedAt) return;
  // A status may be about an earlier attempt than the last one: that one left before it, at the latest.
  const leftAt = attemptedAt < occurredAt ? attemptedAt : occurredAt;
  await noteRefusal(tx, conversationId, leftAt, now);
}
