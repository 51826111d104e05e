import type { Inngest, InngestFunction } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { createAlertOnFailure } from "./alert-on-failure";
import { createArchiveAudit } from "./archive-audit";
import { createDownloadMedia } from "./download-media";
import { createMarkRead } from "./mark-read";
import { createProcessInbox } from "./process-inbox";
import { createRetainChanges } from "./retain-changes";
import { createRetainCounters } from "./retain-counters";
import { createRetainInbox } from "./retain-inbox";
import { createRetainMedia } from "./retain-media";
import { createRetainMessages } from "./retain-messages";
import { createSendMessage } from "./send-message";
import { createSettleUncertain } from "./settle-uncertain";
import { createSweepOutbox } from "./sweep-outbox";
import { createSyncNumbers } from "./sync-numbers";
import { createSyncTemplates } from "./sync-templates";
import { createUploadMedia } from "./upload-media";

/** Every durable function of this server. */
export function createFunctions(inngest: Inngest, ctx: SystemContext): InngestFunction.Any[] {
  return [
    createProcessInbox(inngest, ctx),
    createSendMessage(inngest, ctx),
    createSettleUncertain(inngest, ctx),
    createDownloadMedia(inngest, ctx),
    createUploadMedia(inngest, ctx),
    createRetainMedia(inngest, ctx),
    createMarkRead(inngest, ctx),
    createSyncNumbers(inngest, ctx),
    createSyncTemplates(inngest, ctx),
    createSweepOutbox(inngest, ctx),
    createRetainMessages(inngest, ctx),
    createRetainInbox(inngest, ctx),
    createRetainChanges(inngest, ctx),
    createRetainCounters(inngest, ctx),
    createAlertOnFailure(inngest, ctx),
    createArchiveAudit(inngest, ctx),
  ];
}
