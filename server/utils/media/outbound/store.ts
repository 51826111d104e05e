import { and, desc, eq, gt, isNotNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { mediaObjects } from "#db/schema/index";
import type { MediaKind } from "../../meta/media-limits";
import type { MediaRow } from "../store";

/** A file that is to be sent. */
export interface OutboundMedia {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly clientId: string;
  /** The message that it is for, which must be there already. */
  readonly messageId: string | null;
  readonly kind: MediaKind;
  /** An https address, or `mediaSource` of a file of ours. */
  readonly sourceUrl: string;
  readonly fileName: string | undefined;
  readonly createdAt: Date;
  /** When somebody else may have it uploaded; undefined while nobody is to do so. */
  readonly nextAttemptAt?: Date | undefined;
}

/** Writes down, as the client, what is to be fetched and uploaded. */
export async function insertOutboundMedia(tx: Transaction, media: OutboundMedia): Promise<void> {
  const { fileName = null, ...row } = media;
  await tx.insert(mediaObjects).values({ ...row, fileName, direction: "outbound", state: "pending" });
}

/** What Meta has already, and where it lies here unless it was deleted. */
export interface UploadedFile {
  readonly waMediaId: string;
  readonly waMediaExpiresAt: Date;
  readonly path: string | null;
}

/** The same bytes where Meta still has them, of the same client and number. */
export async function findUploaded(
  tx: Transaction,
  { clientId, phoneNumberId }: MediaRow,
  { sha256, type }: { readonly sha256: string; readonly type: string },
  expiresAfter: Date,
): Promise<UploadedFile | undefined> {
  if (!clientId) return undefined;
  const { waMediaId: id, waMediaExpiresAt: expiresAt, path } = mediaObjects;
  const rows = await tx
    .select({ id, expiresAt, path })
    .from(mediaObjects)
    .where(
      and(
        eq(mediaObjects.direction, "outbound"),
        eq(mediaObjects.clientId, clientId),
        eq(mediaObjects.phoneNumberId, phoneNumberId),
        eq(mediaObjects.sha256, sha256),
        eq(mediaObjects.sniffedType, type),
        isNotNull(mediaObjects.waMediaId),
        gt(mediaObjects.waMediaExpiresAt, expiresAfter),
      ),
    )
    .orderBy(desc(mediaObjects.waMediaExpiresAt))
    .limit(1);
  const row = rows[0];
  if (!row?.id || !row.expiresAt) return undefined;
  return { waMediaId: row.id, waMediaExpiresAt: row.expiresAt, path: row.path };
}

/** Forgets an upload that Meta does not know, wherever it was written down, so that the same bytes are uploaded again. */
export async function forgetUploaded(tx: Transaction, mediaId: string): Promise<void> {
  await tx.execute(sql`
    update media_objects o set wa_media_id = null, wa_media_expires_at = null
    from media_objects own
    where own.id = ${mediaId} and o.direction = 'outbound' and o.client_id = own.client_id
      and o.phone_number_id = own.phone_number_id and o.sha256 = own.sha256 and o.wa_media_id = own.wa_media_id`);
}
