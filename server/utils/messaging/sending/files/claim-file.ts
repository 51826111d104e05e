import type { Transaction } from "#db/client";
import { MEDIA_LEASE_MS } from "../../../media/hold-claim";
import { UPLOAD_MARGIN_MS } from "../../../media/outbound/upload-margin";
import { claimMedia, findMedia, type MediaClaim, type MediaRow } from "../../../media/store";
import type { SentKind } from "../../../meta/media-limits";
import { readSenderAccess } from "../access/store";
import { isStopped } from "../is-stopped";
import { readSendingNumber } from "../numbers/store";
import { lockConversation, lockMessage, type MessageRow } from "../store";
import { announceUpload } from "./announce-upload";
import { findConversationOf, noteAnnounced } from "./store";

/** The right to fetch and upload the file of a message. */
export interface FileClaim extends MediaClaim {
  readonly kind: SentKind;
  readonly conversationId: string | undefined;
}

/**
 * Takes a file that is to be uploaded now. Undefined when Meta has it, when somebody is at it, or when its message does not
 * leave as things stand: whoever claims the message will find out why, and announce the file again when it is wanted.
 */
export async function claimFile(tx: Transaction, mediaId: string, now: Date): Promise<FileClaim | undefined> {
  const media = await findMedia(tx, mediaId);
  if (media?.direction !== "outbound" || isUploaded(media, now)) return undefined;
  const conversationId = media.messageId ? await findConversationOf(tx, media.messageId) : undefined;
  // A number that is resumed wakes its conversations under this lock: they see what is written here, or this sees it resumed.
  if (conversationId) await lockConversation(tx, conversationId);
  const message = media.messageId ? await lockMessage(tx, media.messageId) : undefined;
  const number = await readSendingNumber(tx, media.phoneNumberId);
  if (!number || isStopped(number) || (message && !(await isToLeave(tx, message, now)))) {
    if (!isClaimed(media, now)) await noteAnnounced(tx, mediaId, null);
    return undefined;
  }
  if (number.throttledUntil && number.throttledUntil > now) {
    if (!isClaimed(media, now)) await announceUpload(tx, media, number.throttledUntil);
    return undefined;
  }
  const claim = await claimMedia(tx, mediaId, "outbound", now, MEDIA_LEASE_MS);
  const isVoice = media.kind === "audio" && message?.content.voice === true;
  return claim && { ...claim, kind: isVoice ? "voice" : media.kind, conversationId };
}

function isUploaded({ waMediaId, waMediaExpiresAt }: MediaRow, now: Date): boolean {
  const until = now.getTime() + UPLOAD_MARGIN_MS;
  return waMediaId !== null && waMediaExpiresAt !== null && waMediaExpiresAt.getTime() > until;
}

function isClaimed({ claimExpiresAt }: MediaRow, now: Date): boolean {
  return claimExpiresAt !== null && claimExpiresAt > now;
}

async function isToLeave(tx: Transaction, message: MessageRow, now: Date): Promise<boolean> {
  const isLate = message.expiresAt !== null && message.expiresAt <= now;
  if (message.status !== "queued" || isLate) return false;
  return (await readSenderAccess(tx, message))?.isEnded !== true;
}
