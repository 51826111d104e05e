import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { clients, mediaObjects, messages } from "#db/schema/index";
import type { MediaRow } from "../store";

/** A file, its number and its conversation, as far as the client may see them. */
export interface VisibleFile extends MediaRow {
  readonly conversationId: string | null;
}

/**
 * A file by its own id or its message's, on one of these numbers, unless its author took it back. Row-level security decides
 * what is visible.
 *
 * @param phoneNumberIds left out for all that the role may see
 */
export async function findVisibleFile(
  tx: Transaction,
  by: { readonly mediaId?: string | undefined; readonly messageId?: string | undefined },
  phoneNumberIds?: readonly string[],
): Promise<VisibleFile | undefined> {
  const rows = await tx
    .select({ file: mediaObjects, conversationId: messages.conversationId })
    .from(mediaObjects)
    .leftJoin(messages, eq(messages.id, mediaObjects.messageId))
    .where(
      and(
        by.mediaId === undefined ? undefined : eq(mediaObjects.id, by.mediaId),
        by.messageId === undefined ? undefined : eq(mediaObjects.messageId, by.messageId),
        phoneNumberIds && inArray(mediaObjects.phoneNumberId, [...phoneNumberIds]),
        isNull(messages.revokedAt),
      ),
    );
  const row = rows[0];
  return row && { ...row.file, conversationId: row.conversationId };
}

/** A file that a signed address of this moment may still fetch: there, not taken back, and of a client that may call. */
export async function findServableFile(
  tx: Transaction,
  mediaId: string,
  issuedAt: Date,
): Promise<MediaRow | undefined> {
  const isClientAtWork = tx
    .select({ id: clients.id })
    .from(clients)
    .where(and(sql`${clients.id} = app_client_id()`, isNull(clients.disabledAt)));
  const rows = await tx
    .select({ file: mediaObjects })
    .from(mediaObjects)
    .leftJoin(messages, eq(messages.id, mediaObjects.messageId))
    .where(
      and(
        eq(mediaObjects.id, mediaId),
        eq(mediaObjects.state, "ready"),
        isNull(messages.revokedAt),
        or(
          isNull(mediaObjects.urlsValidFrom),
          sql`${mediaObjects.urlsValidFrom} < ${issuedAt.toISOString()}::timestamptz`,
        ),
        sql`exists ${isClientAtWork}`,
      ),
    );
  return rows[0]?.file;
}

/** Voids every signed address of a file that was made until now. Returns whether there is such a file. */
export async function voidUrls(tx: Transaction, mediaId: string, at: Date): Promise<boolean> {
  const rows = await tx
    .update(mediaObjects)
    .set({ urlsValidFrom: at })
    .where(eq(mediaObjects.id, mediaId))
    .returning({ id: mediaObjects.id });
  return rows.length > 0;
}
