import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { downloadUrl } from "../media/download-url";
import type { MediaKind } from "../media/media-kinds";
import type { StoredMedia } from "../media/stored-media";
import type { Contact } from "./contact-book";
import type { PhoneMessage } from "./phone-message";
import { receiveFromPerson } from "./receive-from-person";

/** A file a person sends. */
export interface PersonMedia {
  kind: MediaKind;
  /** What the phone says it is, whatever the bytes are. */
  mimeType?: string | undefined;
  content: Buffer | { seed: string; sizeBytes: number };
  caption?: string | undefined;
  filename?: string | undefined;
  voice?: boolean | undefined;
  animated?: boolean | undefined;
  /** Webhook and Graph both tell a hash that the bytes do not have. */
  wrongSha256?: boolean | undefined;
  replyTo?: string | undefined;
}

const DEFAULT_MIME: Record<MediaKind, string> = {
  image: "image/jpeg",
  video: "video/mp4",
  audio: "audio/ogg; codecs=opus",
  document: "application/pdf",
  sticker: "image/webp",
};
// Reference 4.1: what is larger never reaches the business.
const RECEIVE_LIMIT_BYTES = 100_000_000;

/** A person sends a file: Meta keeps it, and the webhook tells where it is. */
export function sendMediaFromPerson(
  world: World,
  number: BusinessNumber,
  contact: Contact,
  sent: PersonMedia,
): { message: PhoneMessage; media?: StoredMedia } {
  const { kind, content, replyTo } = sent;
  const sizeBytes = Buffer.isBuffer(content) ? content.length : content.sizeBytes;
  if (sizeBytes > RECEIVE_LIMIT_BYTES) {
    return { message: receiveFromPerson(world, number, contact, tooLarge(kind, replyTo)) };
  }
  const media = world.media.add({
    phoneNumberId: number.id,
    origin: "inbound",
    mimeType: sent.mimeType ?? DEFAULT_MIME[kind],
    content,
    filename: sent.filename,
  });
  if (sent.wrongSha256 === true)
    media.sha256 = media.sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  const message = { type: kind, reply_to: replyTo, [kind]: describe(world, sent, media) };
  return { message: receiveFromPerson(world, number, contact, message, media), media };
}

/** The object in the webhook: here the hash is base64, while `GET /{media id}` has it in hex (reference 3.5, 4.2). */
function describe(
  world: World,
  { kind, caption, voice, animated }: PersonMedia,
  media: StoredMedia,
): JsonObject {
  return {
    ...(caption === undefined ? {} : { caption }),
    ...(kind === "document" ? { filename: media.filename ?? "document" } : {}),
    mime_type: media.mimeType,
    sha256: Buffer.from(media.sha256, "hex").toString("base64"),
    id: media.id,
    ...(world.settings.include_media_url ? { url: downloadUrl(world, media.id) } : {}),
    ...(kind === "audio" ? { voice: voice ?? false } : {}),
    ...(kind === "sticker" ? { animated: animated ?? false } : {}),
  };
}

function tooLarge(kind: MediaKind, replyTo: string | undefined) {
  const details = `The file has more than ${RECEIVE_LIMIT_BYTES} bytes`;
  const title = "Media download error";
  return {
    type: "unsupported",
    reply_to: replyTo,
    errors: [{ code: 131052, title, message: title, error_data: { details } }],
    unsupported: { type: kind },
  };
}
