import { getQuery } from "h3";
import type { JsonObject } from "../core/json-object";
import { downloadUrl } from "../media/download-url";
import type { StoredMedia } from "../media/stored-media";
import { type GraphCall, unknownObject } from "./define-graph-handler";
import { strikeWithError } from "./strike-with-error";

/** Answers `GET /{version}/{media id}`: what the file is, and a fresh address to download it from. */
export function answerMedia(call: GraphCall, media: StoredMedia): JsonObject | undefined {
  requireOwner(call, media);
  if (strikeWithError(call, { on: "media", phoneNumberId: media.phoneNumberId }, false)) return undefined;
  return {
    messaging_product: "whatsapp",
    url: downloadUrl(call.world, media.id),
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: media.sizeBytes,
    id: media.id,
  };
}

/** Answers `DELETE /{version}/{media id}`. What has been sent stays on the phones. */
export function deleteMedia(call: GraphCall, media: StoredMedia): JsonObject | undefined {
  requireOwner(call, media);
  if (strikeWithError(call, { on: "media", phoneNumberId: media.phoneNumberId }, false)) return undefined;
  media.deleted = true;
  return { success: true };
}

/** `phone_number_id` in the query asks whether the file belongs to that number. */
function requireOwner({ event }: GraphCall, media: StoredMedia): void {
  const { phone_number_id: owner } = getQuery(event);
  if (owner !== undefined && owner !== media.phoneNumberId) throw unknownObject(media.id);
}
