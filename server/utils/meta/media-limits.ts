/** What Meta calls a file in a message. */
export type MediaKind = "image" | "audio" | "video" | "document" | "sticker";

/** What a file is to be sent as. A voice message is an audio one that is played at once. */
export type SentKind = MediaKind | "voice";

// Meta says "MB" without saying which; the smaller one is never too large.
const MB = 1_000_000;
const OPEN_XML = "application/vnd.openxmlformats-officedocument";

/** What Meta takes of each kind, in bytes (Meta, "Supported media types"). */
export const MEDIA_LIMITS: Readonly<
  Record<SentKind, { readonly limitBytes: number; readonly types: readonly string[] }>
> = {
  image: { limitBytes: 5 * MB, types: ["image/jpeg", "image/png"] },
  audio: {
    limitBytes: 16 * MB,
    types: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
  },
  voice: { limitBytes: 16 * MB, types: ["audio/ogg"] },
  video: { limitBytes: 16 * MB, types: ["video/mp4", "video/3gpp"] },
  document: {
    limitBytes: 100 * MB,
    types: [
      "text/plain",
      "application/pdf",
      "application/msword",
      "application/vnd.ms-excel",
      "application/vnd.ms-powerpoint",
      `${OPEN_XML}.wordprocessingml.document`,
      `${OPEN_XML}.spreadsheetml.sheet`,
      `${OPEN_XML}.presentationml.presentation`,
    ],
  },
  // An animated one; one that stands still has less (STILL_STICKER_LIMIT_BYTES).
  sticker: { limitBytes: 500_000, types: ["image/webp"] },
};

export const STILL_STICKER_LIMIT_BYTES = 100_000;

/** Of both sides of a sticker. */
export const STICKER_PIXELS = 512;

/** The one codec that Meta takes in audio/ogg. */
export const OGG_CODEC = "opus";

/** The most that a person can send; of anything larger Meta tells with code 131052 instead. */
export const RECEIVED_LIMIT_BYTES = 100 * MB;
