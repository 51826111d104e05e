import * as v from "valibot";
import { getMediaUrl as makeMediaUrl } from "../../media/get-media-url";
import { UNTRUSTED_NOTICE } from "../../messaging/untrusted-notice";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const getMediaUrl = defineTool({
  name: "get_media_url",
  title: "Get a file",
  description:
    "A link to a message's file, good for 5 minutes without a key. inline also shows a picture up to 1 MB.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    message_id: v.optional(fields.messageId),
    media_id: v.optional(v.pipe(v.string(), v.uuid("must be a media id"))),
    inline: v.optional(v.boolean(), false),
  }),
  output: v.object({
    url: v.string(),
    expires_at: v.string(),
    type: v.string(),
    size: v.number(),
    untrusted_file_name: v.optional(v.string()),
    notice: v.string(),
  }),
  run: async (ctx, input, content) => {
    const file = await makeMediaUrl(ctx, {
      mediaId: input.media_id,
      messageId: input.message_id,
      isInline: input.inline,
    });
    const { type: mimeType, sizeBytes: size, url, name, untrustedFileName } = file;
    content.push({ type: "resource_link", uri: url, name, mimeType, size });
    if (file.bytes) content.push({ type: "image", data: file.bytes.toString("base64"), mimeType });
    return {
      url,
      expires_at: file.expiresAt.toISOString(),
      type: mimeType,
      size,
      ...(untrustedFileName ? { untrusted_file_name: untrustedFileName } : {}),
      notice: UNTRUSTED_NOTICE,
    };
  },
});
