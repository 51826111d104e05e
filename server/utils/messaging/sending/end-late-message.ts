import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import { explainSendError } from "../../meta/explain-send-error";
import type { WindowFacts } from "../is-closed-by-meta";
import { readWindow } from "../window";
import { WINDOW_CLOSED } from "../window-closed";
import { endUnsent } from "./end-unsent";
import type { MessageRow } from "./store";

/**
 * Ends a queued message whose time has passed: its own, or that of the 24-hour window which was open when it was queued
 * and has closed since. Meta would refuse that one, and counts it. Where the window is not judged here (SERVICE_WINDOW), one that
 * was closed from the start was let through on purpose, and Meta decides.
 *
 * @returns whether it ended
 */
export async function endLateMessage(
  { config }: Pick<SystemContext, "config">,
  tx: Transaction,
  message: MessageRow,
  window: WindowFacts,
  now: Date,
): Promise<boolean> {
  if (message.status !== "queued") return false;
  if (message.expiresAt && message.expiresAt <= now) {
    const reason = "it was not sent before it expired";
    await endUnsent(tx, message, "expired", { reason, advice: "Send it again if it still matters." }, now);
    return true;
  }
  if (message.type === "template") return false;
  const wasLetThrough = !config.serviceWindow && !readWindow(window, message.occurredAt).open;
  if (wasLetThrough || readWindow(window, now).open) return false;
  const { reason, advice } = explainSendError(WINDOW_CLOSED);
  await endUnsent(tx, message, "failed", { code: WINDOW_CLOSED, reason, advice }, now);
  return true;
}
