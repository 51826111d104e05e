import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { downloadMedia } from "#server/utils/media/inbound/download-media";
import { carryOut } from "./carry-out";
import { mediaReceived } from "./events";

/**
 * Fetches a file that came with a message, soon: Meta keeps it seven days. What did not work this time is no failure of the
 * function: the sweep announces it again.
 */
export const createDownloadMedia = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    {
      id: "download-media",
      retries: 10,
      concurrency: [{ limit: ctx.config.downloadsAtOnce }],
      triggers: [mediaReceived],
    },
    ({ event }) => carryOut(ctx.log, "download-media", () => downloadMedia(ctx, event.data.media_id)),
  );
