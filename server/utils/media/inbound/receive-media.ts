import type { Transaction } from "#db/client";
import { newId } from "../../ids";
import { readInboundMedia } from "../../meta/inbound-media";
import type { JsonObject } from "../../meta/json";
import { insertOutboxEvent } from "../../outbox/store";
import { insertInboundMedia } from "./store";

// Meta keeps what a person sent for so long (Meta, "Media", since October 2025).
const KEPT_BY_META_MS = 7 * 24 * 60 * 60_000;
// Long enough for the function to begin; a claim puts it off further.
const SWEPT_AFTER_MS = 60_000;

/** Has the file of a message fetched, once, however often the message is delivered; in the message's own transaction. */
export async function receiveMedia(
  tx: Transaction,
  message: { readonly phoneNumberId: string; readonly wamid: string; readonly content: JsonObject },
  now: Date,
): Promise<void> {
  const media = readInboundMedia(message.content);
  if (!media) return;
  const id = newId();
  const isNew = await insertInboundMedia(tx, {
    ...media,
    id,
    phoneNumberId: message.phoneNumberId,
    wamid: message.wamid,
    receivedAt: now,
    waMediaExpiresAt: new Date(now.getTime() + KEPT_BY_META_MS),
    nextAttemptAt: new Date(now.getTime() + SWEPT_AFTER_MS),
  });
  if (isNew) {
    await insertOutboxEvent(tx, { name: "wa/media.received", data: { media_id: id }, availableAt: now });
  }
}
