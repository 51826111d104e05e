import type { Transaction } from "#db/client";
import { insertOutboxEvent } from "../../../outbox/store";
import { noteAnnounced } from "./store";

/** How long after its time an upload counts as forgotten by whoever was to do it. */
export const UPLOAD_LOST_AFTER_MS = 5 * 60_000;

/** Has the function `upload-media` see to a file at a given time, by an event committed with the change that asks for it. */
export async function announceUpload(tx: Transaction, mediaId: string, availableAt: Date): Promise<void> {
  await noteAnnounced(tx, mediaId, new Date(availableAt.getTime() + UPLOAD_LOST_AFTER_MS));
  await insertOutboxEvent(tx, { name: "wa/media.queued", data: { media_id: mediaId }, availableAt });
}
