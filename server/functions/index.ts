import type { Inngest, InngestFunction } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { createAlertOnFailure } from "./alert-on-failure";
import { createProcessInbox } from "./process-inbox";
import { createSendMessage } from "./send-message";
import { createSettleUncertain } from "./settle-uncertain";
import { createSweepOutbox } from "./sweep-outbox";

/** Every durable function of this server. */
export function createFunctions(inngest: Inngest, ctx: SystemContext): InngestFunction.Any[] {
  return [
    createProcessInbox(inngest, ctx),
    createSendMessage(inngest, ctx),
    createSettleUncertain(inngest, ctx),
    createSweepOutbox(inngest, ctx),
    createAlertOnFailure(inngest, ctx),
  ];
}
