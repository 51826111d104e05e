import type { SystemContext } from "../../context";
import { insist } from "../../insist";
import { buildMessagePayload } from "../../meta/message-payload";
import { claimMessage } from "./claim-message";
import { nameUploadedFile } from "./files/name-uploaded-file";
import { learnAliases } from "./learn-aliases";
import { settleMessage } from "./settle-message";

// Only this process knows what Meta answered: it must outlast a restart of the database.
const SETTLE_TIMEOUT_MS = 60_000;

/** What a run did, by ids. */
export interface SendReport {
  readonly message_id: string | null;
  readonly outcome: "accepted" | "retry" | "failed" | "uncertain" | "nothing_to_send";
}

/**
 * Sends the next message of a conversation: claim, one POST, settle. Safe to run again at any point and any
 * number of times: what is claimed cannot be claimed again, so a rerun finds the next message or nothing.
 *
 * @param runId Inngest's, for the audit log
 */
export async function sendNextMessage(
  ctx: SystemContext,
  conversationId: string,
  runId?: string,
): Promise<SendReport> {
  const claim = await claimMessage(ctx, conversationId, runId);
  if (!claim) return { message_id: null, outcome: "nothing_to_send" };
  const { message } = claim;
  const outcome = await ctx.graph.sendMessage({
    phoneNumberId: claim.waPhoneNumberId,
    accessToken: ctx.config.meta.accessToken,
    payload: buildMessagePayload({
      address: claim.address,
      type: message.type,
      content: nameUploadedFile(message.type, message.content, claim.waMediaId),
      replyToWamid: message.replyToWamid ?? undefined,
      callbackId: message.id,
    }),
  });
  await insist(() => settleMessage(ctx, claim, outcome), SETTLE_TIMEOUT_MS);
  await learnAliases(ctx, claim, outcome);
  return { message_id: message.id, outcome: outcome.kind };
}
