import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { uploadFile } from "#server/utils/messaging/sending/files/upload-file";
import { carryOut } from "./carry-out";
import { mediaQueued } from "./events";

/**
 * Fetches and uploads what is to be sent; its message waits for it. Nothing else does, so that the limit is one. No client has
 * more than its part of it, so that the slow addresses of one do not keep the files of the others waiting.
 */
export const createUploadMedia = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    {
      id: "upload-media",
      retries: 10,
      concurrency: [
        { limit: ctx.config.downloadsAtOnce },
        { key: "event.data.client_id", limit: Math.max(1, Math.ceil(ctx.config.downloadsAtOnce / 4)) },
      ],
      triggers: [mediaQueued],
    },
    ({ event, runId }) =>
      carryOut(ctx.log, "upload-media", () => uploadFile(ctx, event.data.media_id, runId)),
  );
