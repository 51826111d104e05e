import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { messageEvents, messages } from "#db/schema/index";
import { newId } from "../../ids";
import type { StatusUpdate } from "../../meta/status-update";
import type { MessageChange } from "../sending/store";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Puts the real message in the place of an "unsupported" one with the same id: Meta sometimes sends such a
 * ghost about 200 ms earlier (code 131060). Once, and never the other way round.
 */
export async function replaceGhost(
  tx: Transaction,
  phoneNumberId: string,
  wamid: string,
  change: Pick<MessageChange, "type" | "content" | "text" | "replyToWamid" | "occurredAt">,
): Promise<boolean> {
  const rows = await tx
    .update(messages)
    .set(change)
    .where(
      and(
        eq(messages.phoneNumberId, phoneNumberId),
        eq(messages.wamid, wamid),
        eq(messages.direction, "inbound"),
        inArray(messages.type, ["unsupported", "unknown"]),
      ),
    )
    .returning({ id: messages.id });
  return rows.length > 0;
}

/** Stores a status as seen. Undefined when this very status was stored before. */
export async function insertStatusEvent(
  tx: Transaction,
  phoneNumberId: string,
  messageId: string | null,
  update: StatusUpdate,
): Promise<string | undefined> {
  const rows = await tx
    .insert(messageEvents)
    .values({
      id: newId(),
      messageId,
      phoneNumberId,
      wamid: update.wamid,
      status: update.status,
      occurredAt: update.occurredAt,
      detail: update.detail,
      dedupeKey: update.dedupeKey,
      ...(update.error ? { error: update.error } : {}),
    })
    .onConflictDoNothing({ target: [messageEvents.phoneNumberId, messageEvents.dedupeKey] })
    .returning({ id: messageEvents.id });
  return rows[0]?.id;
}

/** The outbound message that a status is about: by the id that we gave Meta, else by Meta's. */
export async function findSentMessage(
  tx: Transaction,
  phoneNumberId: string,
  update: StatusUpdate,
): Promise<{ id: string; conversationId: string } | undefined> {
  const isOurs = and(eq(messages.phoneNumberId, phoneNumberId), eq(messages.direction, "outbound"));
  const names = [
    ...(update.callbackId && UUID.test(update.callbackId) ? [eq(messages.id, update.callbackId)] : []),
    eq(messages.wamid, update.wamid),
  ];
  for (const name of names) {
    const rows = await tx
      .select({ id: messages.id, conversationId: messages.conversationId })
      .from(messages)
      .where(and(isOurs, name));
    if (rows[0]) return rows[0];
  }
  return undefined;
}
