import type { Transaction } from "#db/client";
import { explainSendError } from "../../meta/explain-send-error";
import { readWindow } from "../window";
import { endUnsent } from "./end-unsent";
import type { MessageRow } from "./store";

const WINDOW_CLOSED = 131047;

/**
 * Ends a queued message whose time has passed: its own, or that of the 24-hour window which was open when it was queued
 * and has closed since. Meta would refuse that one, and counts it. A window that was closed from the start was let through
 * on purpose (a free entry point opens one that nobody here can see), and Meta decides.
 *
 * @returns whether it ended
 */
export async function endLateMessage(
  tx: Transaction,
  message: MessageRow,
  lastInboundAt: Date | null,
  now: Date,
): Promise<boolean> {
  if (message.status !== "queued") return false;
  if (message.expiresAt && message.expiresAt <= now) {
    const reason = "it was not sent before it expired";
    await endUnsent(tx, message, "expired", { reason, advice: "Send it again if it still matters." }, now);
    return true;
  }
  const wasOpen = readWindow(lastInboundAt, message.occurredAt).open;
  if (message.type === "template" || !wasOpen || readWindow(lastInboundAt, now).open) return false;
  const { reason, advice } = explainSendError(WINDOW_CLOSED);
  await endUnsent(tx, message, "failed", { code: WINDOW_CLOSED, reason, advice }, now);
  return true;
}
