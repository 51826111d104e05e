import {
  MEDIA_LIMITS,
  OGG_CODEC,
  STICKER_PIXELS,
  STILL_STICKER_LIMIT_BYTES,
  type SentKind,
} from "../../meta/media-limits";
import { MediaFailure } from "../media-failure";
import type { SniffedType } from "../sniff-file";

// Word, Excel and PowerPoint before 2007 are one container; only whoever serves the file knows which.
const OLD_OFFICE = new Set([
  "application/msword",
  "application/vnd.ms-excel",
  "application/vnd.ms-powerpoint",
]);

/**
 * What Meta will be told that a file is.
 *
 * @param served what it was served as, a claim
 * @throws MediaFailure `type_refused`, `dimensions_refused` or `too_large`, with field, limit and value
 */
export function checkMedia(
  kind: SentKind,
  sniffed: SniffedType,
  sizeBytes: number,
  served: string | undefined,
): string {
  const { limitBytes, types } = MEDIA_LIMITS[kind];
  const isOldOffice = sniffed.type === "application/x-cfb" && served !== undefined && OLD_OFFICE.has(served);
  const type = isOldOffice ? served : sniffed.type;
  if (!types.includes(type))
    throw new MediaFailure("type_refused", true, { field: "type", limit: types, value: sniffed.type });
  if (type === "audio/ogg" && sniffed.codec !== OGG_CODEC) {
    throw new MediaFailure("type_refused", true, {
      field: "codec",
      limit: OGG_CODEC,
      value: sniffed.codec ?? "another",
    });
  }
  const isStill = kind === "sticker" && sniffed.webp?.isAnimated !== true;
  const limit = isStill ? STILL_STICKER_LIMIT_BYTES : limitBytes;
  if (sizeBytes > limit)
    throw new MediaFailure("too_large", true, { field: "size", limit, value: sizeBytes });
  if (sizeBytes === 0) throw new MediaFailure("type_refused", true, { field: "size", limit: 1, value: 0 });
  if (kind === "sticker") checkSides(sniffed);
  return type;
}

function checkSides({ webp }: SniffedType): void {
  const { width = 0, height = 0 } = webp ?? {};
  if (width === STICKER_PIXELS && height === STICKER_PIXELS) return;
  throw new MediaFailure("dimensions_refused", true, {
    field: "dimensions",
    limit: `${STICKER_PIXELS}x${STICKER_PIXELS}`,
    value: `${width}x${height}`,
  });
}
