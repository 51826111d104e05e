import type { SystemContext } from "../../context";
import type { SendOutcome } from "../../meta/send-outcome";
import { readStatusChange } from "../read-status-change";
import { adoptParked } from "../receiving/adopt-parked";
import type { Claim } from "./claim-message";
import { markUncertain } from "./mark-uncertain";
import { relaxNumber } from "./numbers/store";
import { passWake } from "./pass-wake";
import { recordOutcome } from "./record-outcome";
import { settleRefusal } from "./settle-refusal";
import type { Settlement } from "./settlement";
import { lockConversation, lockMessage, updateMessage, type MessageRow } from "./store";

type Accepted = Extract<SendOutcome, { kind: "accepted" }>;
type NotAccepted = Exclude<SendOutcome, Accepted>;

/**
 * Stores how an attempt ended. Meta's status may have come first; then the message stands higher already
 * and keeps its place.
 */
export async function settleMessage(ctx: SystemContext, claim: Claim, outcome: SendOutcome): Promise<void> {
  const { id, conversationId } = claim.message;
  await ctx.database.asSystem(async (tx) => {
    const now = ctx.clock.now();
    // The conversation first, as in a claim, or the two could wait for each other.
    const conversation = await lockConversation(tx, conversationId);
    const message = await lockMessage(tx, id);
    if (!conversation || !message) return;
    const settlement: Settlement = { ctx, tx, now, conversation, message, runId: claim.runId };
    // That Meta took it is true whatever has happened to the message since; that an older attempt failed says nothing.
    if (outcome.kind === "accepted") await settleAccepted(settlement, outcome);
    else if (message.attempts === claim.attempt && message.status === "sending") {
      await settleOther(settlement, outcome);
    }
    await passWake(tx, conversationId, now);
  });
  ctx.wakeRelay();
}

async function settleAccepted(settlement: Settlement, outcome: Accepted): Promise<void> {
  const { tx, now, runId } = settlement;
  const message = withoutOlderFailure(settlement.message, outcome.wamid);
  const wamid = message.wamid ?? outcome.wamid;
  const report = { wamid, status: "accepted", occurredAt: now, error: undefined };
  const change = readStatusChange(message, report);
  const { failedAt } = message;
  await updateMessage(tx, message.id, { failedAt, ...change, acceptedAt: message.acceptedAt ?? now });
  await recordOutcome(tx, message, "accepted", now, { traceId: outcome.traceId, runId });
  // Statuses that came before anybody knew whose they are.
  await adoptParked(tx, message.phoneNumberId, wamid, message.id);
  if (message.attemptedAt) await relaxNumber(tx, message.phoneNumberId, message.attemptedAt);
}

// While this attempt was on its way Meta reported that an older one failed, under another id. This one was taken.
function withoutOlderFailure(message: MessageRow, wamid: string): MessageRow {
  if (message.status !== "failed" || message.wamid === null || message.wamid === wamid) return message;
  return { ...message, status: "sending", wamid: null, failedAt: null, error: null };
}

async function settleOther(settlement: Settlement, outcome: NotAccepted): Promise<void> {
  const { ctx, tx, message, now, runId } = settlement;
  if (outcome.kind !== "uncertain") await settleRefusal(settlement, outcome);
  else if (!message.uncertainAt) {
    await markUncertain(tx, message, now, ctx.config.settleAfterMs, { error: outcome.error, runId });
  }
}
