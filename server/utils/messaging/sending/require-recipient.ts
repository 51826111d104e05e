import type { Transaction } from "#db/client";
import type { NumberGrant } from "../../auth/principal";
import { AppError } from "../../errors";
import type { OpenedConversation } from "../conversations/store";
import { readWindow } from "../window";
import { readWindowFacts } from "./recipients/store";

/**
 * Holds a recipient to the grant's policy, together with `open_conversation`, which opens none for whom the policy excludes.
 *
 * @param conversation undefined when the client may not write there. Where a policy restricts the recipients, a stranger and
 * somebody else's contact are then one and the same, so that no refusal tells whom other clients write with.
 * @throws AppError `window_closed`, `forbidden`, or `not_found` where anyone may be written to
 */
export async function requireRecipient(
  tx: Transaction,
  grant: NumberGrant,
  conversation: OpenedConversation | undefined,
  now: Date,
): Promise<OpenedConversation> {
  if (grant.recipientPolicy === "open_window") await requirePolicyWindow(tx, conversation, now);
  if (grant.recipientPolicy === "allowlist" && !conversation) {
    throw refused("allowlist", "This client may not write to this person.");
  }
  if (grant.recipientPolicy === "none") throw refused("none", "This client may only read on this number.");
  if (conversation) return conversation;
  throw new AppError("not_found", "There is no such recipient for this key.", {
    advice: "Call get_messages to see what this key may write to.",
    details: { field: "to" },
  });
}

async function requirePolicyWindow(
  tx: Transaction,
  conversation: OpenedConversation | undefined,
  now: Date,
): Promise<void> {
  const facts = conversation && (await readWindowFacts(tx, conversation.conversationId));
  const window = readWindow(facts ?? { lastInboundAt: null, windowClosedAt: null }, now);
  if (window.open) return;
  throw new AppError("window_closed", "This client may only write to people whose 24-hour window is open.", {
    advice: "Wait until this person writes; wait_for_messages tells.",
    details: { policy: "open_window", window },
  });
}

function refused(policy: string, message: string): AppError {
  return new AppError("forbidden", message, {
    advice: "The owner of this server decides to whom a client may write.",
    details: { field: "to", policy },
  });
}
