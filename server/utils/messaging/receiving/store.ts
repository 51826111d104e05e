import { and, eq, inArray, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { messageEvents, messages } from "#db/schema/index";
import { newId } from "../../ids";
import type { StatusUpdate } from "../../meta/status-update";
import type { MessageChange, MessageRow } from "../sending/store";

/** Inserts a message. Returns false when Meta delivered it before. */
export async function insertInboundMessage(
  tx: Transaction,
  row: typeof messages.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(messages)
    .values(row)
    .onConflictDoNothing({ target: [messages.phoneNumberId, messages.wamid] })
    .returning({ id: messages.id });
  return rows.length > 0;
}

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

/** The outbound message that a status is about, locked: by the id that we gave Meta, else by Meta's. */
export async function lockSentMessage(
  tx: Transaction,
  phoneNumberId: string,
  update: StatusUpdate,
): Promise<MessageRow | undefined> {
  const isOurs = and(eq(messages.phoneNumberId, phoneNumberId), eq(messages.direction, "outbound"));
  if (update.callbackId) {
    const rows = await tx
      .select()
      .from(messages)
      .where(and(isOurs, sql`${messages.id}::text = ${update.callbackId}`))
      .for("no key update");
    if (rows[0]) return rows[0];
  }
  const rows = await tx
    .select()
    .from(messages)
    .where(and(isOurs, eq(messages.wamid, update.wamid)))
    .for("no key update");
  return rows[0];
}
