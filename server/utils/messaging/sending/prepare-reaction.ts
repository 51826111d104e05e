import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { buildReaction, type Reaction } from "../../meta/payloads/reaction";
import type { ContentPlace, PreparedContent } from "../message-content";
import { findTarget } from "./targets/store";

// Meta has moved older ones out of reach (131009).
const REACH_MS = 30 * 24 * 60 * 60_000;

/**
 * Makes of a reaction what Meta gets.
 *
 * @param given names its message by our id or Meta's
 * @throws AppError `not_found` for a message that is not in the conversation, or that Meta has not taken; `conflict` for one
 * that nobody can react to
 */
export async function prepareReaction(
  tx: Transaction,
  place: ContentPlace,
  { message_id: target, emoji }: Reaction,
): Promise<PreparedContent> {
  const found = await findTarget(tx, place, target);
  if (!found?.wamid) {
    throw new AppError("not_found", "There is no such message in this conversation.", {
      advice: "React to a message of this conversation that Meta has taken; get_messages shows them.",
      details: { field: "message_id" },
    });
  }
  const { wamid, type, status, revokedAt, occurredAt } = found;
  if (type === "reaction") throw unreachable("A reaction cannot be reacted to.");
  if (status === "failed") throw unreachable("The message failed: nobody has it.");
  if (revokedAt) throw unreachable("The message was taken back by its author.");
  if (place.now.getTime() - occurredAt.getTime() > REACH_MS) {
    throw unreachable("The message is older than 30 days.");
  }
  const text = emoji === "" ? "(reaction taken back)" : emoji;
  return { payload: buildReaction({ message_id: wamid, emoji }), text, replyToWamid: wamid };
}

function unreachable(message: string): AppError {
  return new AppError("conflict", message, {
    advice: "React to another message, or write one.",
    details: { field: "message_id" },
  });
}
