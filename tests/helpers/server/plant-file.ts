import { createHash } from "node:crypto";
import { mediaPath } from "#server/utils/media/media-path";
import type { TestContext } from "./create-test-context";
import { placeFile } from "./place-file";
import { receiveWebhook } from "./receive-webhook";
import { webhookBody } from "./webhook-bodies";

/** A file that is here already, by its own id and its message's. */
export interface PlantedFile {
  readonly mediaId: string;
  readonly messageId: string;
  readonly path: string;
}

let lastId = 0;

/** Has a person send a picture, and puts it in its place without fetching it. */
export async function plantFile(
  ctx: TestContext,
  root: string,
  waPhoneNumberId: string,
  { bytes, type = "image/png", from = "16505551234" }: { bytes: Buffer; type?: string; from?: string },
): Promise<PlantedFile> {
  const waMediaId = `planted-${(lastId += 1)}`;
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
  const image = { id: waMediaId, mime_type: type };
  const message = { from, id: `wamid.${waMediaId}`, timestamp, type: "image", image };
  await receiveWebhook(ctx, webhookBody(waPhoneNumberId, { messages: [message] }));
  const [row] = await ctx.sql<[{ id: string; message_id: string; phone_number_id: string }]>`
    select id, message_id, phone_number_id from media_objects where wa_media_id = ${waMediaId}`;
  const { id, message_id: messageId, phone_number_id: phoneNumberId } = row;
  const path = mediaPath({ id, phoneNumberId, createdAt: ctx.clock.now() }, "png");
  await placeFile(root, path, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await ctx.sql`
    update media_objects set state = 'ready', path = ${path}, sha256 = ${sha256}, sniffed_type = ${type},
      size_bytes = ${bytes.length}, next_attempt_at = null where id = ${id}`;
  return { mediaId: id, messageId, path };
}
