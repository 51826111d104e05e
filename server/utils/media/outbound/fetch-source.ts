import { join } from "node:path";
import type { SystemContext } from "../../context";
import type { SentKind } from "../../meta/media-limits";
import { fetchRemote, type RemoteRules } from "../fetch-remote";
import { linkFile } from "../link-file";
import { MediaFailure } from "../media-failure";
import { mediaPath } from "../media-path";
import { findVisibleFile } from "../signed/store";
import { sniffFile } from "../sniff-file";
import type { MediaRow } from "../store";
import { checkMedia } from "./check-media";
import { mediaSource } from "./media-source";
import { onDisk } from "./on-disk";

/** A file in its place, as its row will say. */
export interface BroughtIn {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly sniffedType: string;
}

/** What is to be brought in, and what it will be sent as. */
export interface WantedFile {
  readonly media: MediaRow;
  readonly kind: SentKind;
}

/**
 * Brings a file that is to be sent into its place: from the internet, or from one of ours, which it is a second name of then.
 *
 * @throws MediaFailure
 */
export async function fetchSource(
  ctx: SystemContext,
  wanted: WantedFile,
  signal: AbortSignal,
  rules?: RemoteRules,
): Promise<BroughtIn> {
  const { media, kind } = wanted;
  const ours = mediaSource.read(media.sourceUrl ?? "");
  if (ours) return copyOurs(ctx, wanted, ours);
  const url = media.sourceUrl ?? "";
  const { stored, type, extension } = await fetchRemote({ url, kind, disk: ctx.config.media, signal }, rules);
  const path = mediaPath(media, extension);
  await stored.keep(path);
  return { path, sizeBytes: stored.sizeBytes, sha256: stored.sha256, sniffedType: type };
}

async function copyOurs(
  ctx: SystemContext,
  { media, kind }: WantedFile,
  sourceId: string,
): Promise<BroughtIn> {
  const { clientId } = media;
  // Once more as the client: what it may no longer see, or its author took back, it may no longer send.
  const source = clientId
    ? await ctx.database.asClient(clientId, (tx) => findVisibleFile(tx, { mediaId: sourceId }))
    : undefined;
  if (source?.state === "pending") throw new MediaFailure("timeout", false, { field: "media_id" });
  const { path, sizeBytes, sha256 } = source ?? {};
  if (source?.state !== "ready" || !path || !sha256 || typeof sizeBytes !== "number") {
    throw new MediaFailure("not_found", true, { field: "media_id" });
  }
  const { root } = ctx.config.media;
  const sniffed = await onDisk(sniffFile(join(root, path)));
  const served = (source.direction === "inbound" ? source.declaredType : source.sniffedType) ?? undefined;
  const sniffedType = checkMedia(kind, sniffed, sizeBytes, served);
  const own = mediaPath(media, sniffed.extension);
  await onDisk(linkFile(root, path, own));
  return { path: own, sizeBytes, sha256, sniffedType };
}
