import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { markMessageRead } from "../../meta/mark-message-read";
import { canMarkRead } from "./can-mark-read";
import { findReadMessage, noteRead } from "./store";

/** How it ended. `skipped`: there is nothing to tell any more. */
export type ToldRead = "done" | "refused" | "skipped";

/**
 * Tells the person through Meta that a message was read. Safe to run again: what was told is told once, unless somebody types.
 *
 * @param typingUntil until when it is worth showing that somebody types
 * @throws AppError `unavailable` when Meta did not take it now
 */
export async function tellRead(
  ctx: SystemContext,
  messageId: string,
  typingUntil: Date | undefined,
): Promise<ToldRead> {
  const { database, config, clock } = ctx;
  const message = await findReadMessage(database.system, messageId);
  const now = clock.now();
  const isTyping = typingUntil !== undefined && now < typingUntil;
  if (!message || message.isDisabled || !canMarkRead(message, now)) return "skipped";
  if (message.wamid === null || (message.readAt && !isTyping)) return "skipped";
  const door = { ...config.graph, accessToken: config.meta.accessToken };
  const { wamid, waPhoneNumberId } = message;
  const outcome = await markMessageRead(door, { phoneNumberId: waPhoneNumberId, wamid, isTyping });
  if (outcome === "retry") throw new AppError("unavailable", "Meta did not take that a message was read.");
  if (outcome === "done") await noteRead(database.system, messageId, now);
  return outcome;
}
