import type { Transaction } from "#db/client";
import { grantedNumbers } from "../../../auth/scopes";
import type { CallContext } from "../../../context";
import { AppError } from "../../../errors";
import { insertOutboundMedia } from "../../../media/outbound/store";
import { findVisibleFile } from "../../../media/signed/store";
import { insertOutboxEvent } from "../../../outbox/store";
import type { AttachedFile } from "./attach-file";
import { UPLOAD_LOST_AFTER_MS } from "./announce-upload";

/** The message that a file is for, which is there already. */
interface Holder {
  readonly tool: string;
  readonly id: string;
  readonly status: string;
  readonly phoneNumberId: string;
  readonly now: Date;
}

/**
 * Writes down, in the transaction of its message, which file is to be fetched and uploaded for it.
 *
 * @throws AppError `not_found` for a file that is not the caller's, whether it exists or not; `conflict` for one that is not here
 */
export async function insertFile(
  ctx: CallContext,
  tx: Transaction,
  file: AttachedFile,
  { tool, id: messageId, status, phoneNumberId, now }: Holder,
): Promise<void> {
  const { copyOf, ...row } = file;
  if (copyOf !== undefined) await requireFile(ctx, tx, copyOf, tool);
  // What a person has to approve first is not even fetched.
  const isHeld = status === "held";
  await insertOutboundMedia(tx, {
    ...row,
    phoneNumberId,
    messageId,
    clientId: ctx.principal.clientId,
    createdAt: now,
    nextAttemptAt: isHeld ? undefined : new Date(now.getTime() + UPLOAD_LOST_AFTER_MS),
  });
  if (isHeld) return;
  const data = { media_id: file.id, client_id: ctx.principal.clientId };
  await insertOutboxEvent(tx, { name: "wa/media.queued", data, availableAt: now });
}

async function requireFile(ctx: CallContext, tx: Transaction, mediaId: string, tool: string): Promise<void> {
  const numbers = grantedNumbers(ctx.principal, tool).map((number) => number.phoneNumberId);
  const found = await findVisibleFile(tx, { mediaId }, numbers);
  const details = { field: "media_id" };
  if (found?.state === "pending" && found.direction === "outbound") {
    throw new AppError("conflict", "That file is still to be sent itself, and is not here.", {
      advice: "Give its url, or the media id of a file that came in or was sent.",
      details: { ...details, state: found.state },
    });
  }
  if (found?.state === "ready" || found?.state === "pending") return;
  throw new AppError("not_found", "There is no such file for this key.", {
    advice: "Use the media id of a file that came in or was sent before, or give a url.",
    details,
  });
}
