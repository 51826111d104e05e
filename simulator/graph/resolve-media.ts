import type { BusinessNumber } from "../core/business-number";
import type { World } from "../core/world";
import { MEDIA_KINDS } from "../media/media-kinds";
import { hasSignature, isAnimatedWebp } from "../media/media-signatures";
import { mimeEssence } from "../media/mime-essence";
import type { StoredMedia } from "../media/stored-media";
import type { FetchedLinks } from "./fetch-links";
import type { MediaReference } from "./find-media";
import { GraphError } from "./graph-error";

/** The files of a message, found. */
export interface ResolvedMedia {
  /** The first one: what the bubble shows. */
  shown?: StoredMedia;
  /** Why the message will fail with 131053. */
  problem?: string;
}

const STILL_STICKER_LIMIT_BYTES = 100_000;
const SNIFF_LIMIT_BYTES = 16_000_000;

/**
 * Finds the files a message names by id. One that does not fit its kind is found out only while Meta prepares the message,
 * so it becomes a later failure.
 *
 * @throws GraphError 100 for an id that this number does not have, or no more
 */
export function resolveMedia(
  world: World,
  number: BusinessNumber,
  references: MediaReference[],
  fetched: FetchedLinks,
): ResolvedMedia {
  const resolved: ResolvedMedia = {};
  for (const reference of references) {
    const { id, link } = reference.object;
    const media = typeof id === "string" ? requireMedia(world, number, id) : fetched.get(String(link));
    if (media === undefined) continue;
    const problem = typeof media === "string" ? media : problemOf(world, reference, media);
    if (problem !== undefined) resolved.problem ??= problem;
    if (typeof media !== "string") resolved.shown ??= media;
  }
  return resolved;
}

function requireMedia(world: World, number: BusinessNumber, id: string): StoredMedia {
  const media = world.media.find(id);
  if (media?.phoneNumberId === number.id) return media;
  throw new GraphError(100, { details: `This number has no media with the id ${id}` });
}

function problemOf(
  { settings }: World,
  { kind, object }: MediaReference,
  media: StoredMedia,
): string | undefined {
  const { mimeTypes, limitBytes } = MEDIA_KINDS[kind];
  const type = mimeEssence(media.mimeType);
  if (!mimeTypes.includes(type)) return `${type} cannot be sent as ${kind}`;
  if (media.sizeBytes > limitBytes)
    return `${kind} takes at most ${limitBytes} bytes, not ${media.sizeBytes}`;
  if (object.voice === true && type !== "audio/ogg") return "a voice message must be audio/ogg with Opus";
  if (!settings.check_media_bytes || media.sizeBytes > SNIFF_LIMIT_BYTES) return undefined;
  const bytes = media.read();
  if (!hasSignature(bytes, type))
    return `the file is declared as ${type}, its first bytes are of another type`;
  const tooLarge = media.sizeBytes > STILL_STICKER_LIMIT_BYTES && !isAnimatedWebp(bytes);
  if (kind === "sticker" && tooLarge)
    return `a still sticker takes at most ${STILL_STICKER_LIMIT_BYTES} bytes`;
  return undefined;
}
