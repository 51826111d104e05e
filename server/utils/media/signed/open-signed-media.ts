import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { SystemContext } from "../../context";
import { verifyMediaUrl, type TicketQuery } from "../sign-media-url";
import { findServableFile } from "./store";

/** A file that may be sent to whoever asked. Its handle has to be closed. */
export interface OpenMedia {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What its bytes say that it is. */
  readonly type: string;
  /** Ours. */
  readonly name: string;
}

/** Opens the file of a signed address, looked up as the client that it was made for; undefined for any reason at all. */
export async function openSignedMedia(
  ctx: SystemContext,
  mediaId: string,
  query: TicketQuery,
): Promise<OpenMedia | undefined> {
  const { urlSecret, root } = ctx.config.media;
  const ticket = verifyMediaUrl(urlSecret, mediaId, query, ctx.clock.now());
  if (!ticket) return undefined;
  const file = await ctx.database.asClient(ticket.clientId, (tx) =>
    findServableFile(tx, mediaId, ticket.issuedAt),
  );
  if (!file?.path || !file.sha256) return undefined;
  const handle = await open(join(root, file.path)).catch(() => undefined);
  if (!handle) return undefined;
  const { size } = await handle.stat();
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  const type = file.sniffedType ?? "application/octet-stream";
  return { handle, sizeBytes: size, sha256: file.sha256, type, name };
}
