import * as v from "valibot";
import type { OutboundContent } from "../../messaging/message-content";
import { AudioSchema, buildAudio } from "../../meta/payloads/audio";
import { buildDocument, DocumentSchema } from "../../meta/payloads/document";
import { buildImage, ImageSchema } from "../../meta/payloads/image";
import { buildSticker, StickerSchema } from "../../meta/payloads/sticker";
import { buildVideo, VideoSchema } from "../../meta/payloads/video";
import { defineTool } from "../define-tool";
import { parsePayload } from "../parse-payload";
import { QueuedMessageSchema } from "../queued-message-schema";
import { sendContent } from "../send-content";
import { sendEntries } from "../send-entries";

const TOOL = "send_media";
const TYPES = ["image", "document", "audio", "voice", "video", "sticker"] as const;

export const sendMedia = defineTool({
  name: TOOL,
  title: "Send a file",
  description: "Send a file by https url, or by the media_id of one seen before.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    ...sendEntries,
    type: v.picklist(TYPES),
    url: v.optional(v.string()),
    media_id: v.optional(v.pipe(v.string(), v.uuid("must be a media_id"))),
    caption: v.optional(v.string()),
    filename: v.optional(v.string()),
  }),
  output: QueuedMessageSchema,
  run: (ctx, input) => {
    const { type, url, media_id, caption, filename } = input;
    const content = readContent(type, { url, media_id, caption, filename });
    return sendContent(ctx, TOOL, input, content);
  },
});

function readContent(type: (typeof TYPES)[number], given: Record<string, unknown>): OutboundContent {
  const text = typeof given.caption === "string" ? given.caption : undefined;
  switch (type) {
    case "image":
      return { type, payload: buildImage(parsePayload(ImageSchema, given)), text };
    case "video":
      return { type, payload: buildVideo(parsePayload(VideoSchema, given)), text };
    case "document":
      return { type, payload: buildDocument(parsePayload(DocumentSchema, given)), text };
    case "sticker":
      return { type, payload: buildSticker(parsePayload(StickerSchema, given)), text };
    default: {
      const payload = buildAudio(parsePayload(AudioSchema, given), type === "voice");
      return { type: "audio", payload, text };
    }
  }
}
