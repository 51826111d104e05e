/** The kinds of media message. */
export type MediaKind = "image" | "video" | "audio" | "document" | "sticker";

/** What Meta takes of a kind. */
export interface MediaRules {
  mimeTypes: readonly string[];
  limitBytes: number;
}

const OFFICE = "application/vnd.openxmlformats-officedocument";

/**
 * What may be sent (reference 4.1). Whether Meta counts megabytes in 10^6 or 2^20 is not known; the stricter reading holds
 * here. A sticker's limit is that of an animated one.
 */
export const MEDIA_KINDS: Readonly<Record<MediaKind, MediaRules>> = {
  image: { mimeTypes: ["image/jpeg", "image/png"], limitBytes: 5_000_000 },
  video: { mimeTypes: ["video/mp4", "video/3gpp"], limitBytes: 16_000_000 },
  audio: {
    mimeTypes: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
    limitBytes: 16_000_000,
  },
  sticker: { mimeTypes: ["image/webp"], limitBytes: 500_000 },
  document: {
    mimeTypes: [
      "text/plain",
      "application/pdf",
      "application/msword",
      "application/vnd.ms-excel",
      "application/vnd.ms-powerpoint",
      `${OFFICE}.wordprocessingml.document`,
      `${OFFICE}.spreadsheetml.sheet`,
      `${OFFICE}.presentationml.presentation`,
    ],
    limitBytes: 100_000_000,
  },
};

/** True for the name of a kind of media. */
export function isMediaKind(type: string): type is MediaKind {
  return Object.hasOwn(MEDIA_KINDS, type);
}
