import type { Transaction } from "#db/client";
import { insertOutboxEvent } from "../../../outbox/store";
import { noteAnnounced } from "./store";

/** A file that is to be uploaded, and whose. */
interface Announced {
  readonly id: string;
  readonly clientId: string | null;
}

/** How long after its time an upload counts as forgotten by whoever was to do it: what waits for its turn is not. */
export const UPLOAD_LOST_AFTER_MS = 30 * 60_000;

/** Has the function `upload-media` see to a file at a given time, by an event committed with the change that asks for it. */
export async function announceUpload(
  tx: Transaction,
  { id, clientId }: Announced,
  availableAt: Date,
): Promise<void> {
  await noteAnnounced(tx, id, new Date(availableAt.getTime() + UPLOAD_LOST_AFTER_MS));
  const data = { media_id: id, ...(clientId === null ? {} : { client_id: clientId }) };
  await insertOutboxEvent(tx, { name: "wa/media.queued", data, availableAt });
}
