import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { messageEvents, messages } from "#db/schema/index";
import { newId } from "../../ids";
import type { StatusUpdate } from "../../meta/status-update";
import type { MessageChange } from "../sending/store";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The types that say something about an earlier message; an edit may come as `unsupported`. */
const ABOUT = ["edit", "revoke", "unsupported"];

/** A message in the eyes of who wrote it: one side of one conversation. */
export interface Subject {
  readonly conversationId: string;
  readonly direction: "inbound" | "outbound";
  readonly wamid: string;
}

/**
 * Stores a message from Meta. Undefined when it is there already.
 *
 * @returns whether something that was said about it is there already
 */
export async function insertReceived(
  tx: Transaction,
  row: typeof messages.$inferInsert,
): Promise<{ hasChanges: boolean } | undefined> {
  const hasChanges = sql<boolean>`exists (
    select from messages about
    where about.conversation_id = ${row.conversationId} and about.reply_to_wamid = ${row.wamid ?? null}
      and about.type in ('edit', 'revoke', 'unsupported')
  )`;
  const rows = await tx.insert(messages).values(row).onConflictDoNothing().returning({ hasChanges });
  return rows[0];
}

/** Whether a message of this id was stored before. */
export async function isStored(tx: Transaction, phoneNumberId: string, wamid: string): Promise<boolean> {
  const rows = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.phoneNumberId, phoneNumberId), eq(messages.wamid, wamid)));
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

/** Notes that a person edited a message, whose new words nobody here was told. */
export async function markEdited(
  tx: Transaction,
  phoneNumberId: string,
  wamid: string,
  at: Date,
): Promise<void> {
  await tx
    .update(messages)
    .set({ editedAt: sql`greatest(${messages.editedAt}, ${at.toISOString()}::timestamptz)` })
    .where(
      and(
        eq(messages.phoneNumberId, phoneNumberId),
        eq(messages.wamid, wamid),
        eq(messages.direction, "inbound"),
      ),
    );
}

export type AuthoredMessage = Pick<
  typeof messages.$inferSelect,
  "id" | "type" | "content" | "text" | "clientId" | "occurredAt"
>;

const authored = {
  id: messages.id,
  type: messages.type,
  content: messages.content,
  text: messages.text,
  clientId: messages.clientId,
  occurredAt: messages.occurredAt,
};

/** The message itself, locked, when it is known and its author's. */
export async function lockSubject(
  tx: Transaction,
  { conversationId, direction, wamid }: Subject,
  phoneNumberId: string,
): Promise<AuthoredMessage | undefined> {
  const rows = await tx
    .select(authored)
    .from(messages)
    .where(
      and(
        eq(messages.phoneNumberId, phoneNumberId),
        eq(messages.wamid, wamid),
        eq(messages.conversationId, conversationId),
        eq(messages.direction, direction),
      ),
    )
    .for("no key update");
  return rows[0];
}

/** What its author has said about a message since, oldest first by Meta's time. */
export async function listChanges(
  tx: Transaction,
  { conversationId, direction, wamid }: Subject,
): Promise<AuthoredMessage[]> {
  return tx
    .select(authored)
    .from(messages)
    .where(
      and(
        eq(messages.conversationId, conversationId),
        eq(messages.replyToWamid, wamid),
        inArray(messages.type, ABOUT),
        eq(messages.direction, direction),
      ),
    )
    .orderBy(asc(messages.occurredAt), asc(messages.id));
}

/** Takes the words out of messages whose author took them back. What kind of message it was stays. */
export async function emptyMessages(tx: Transaction, ids: readonly string[], at: Date): Promise<void> {
  await tx
    .update(messages)
    .set({
      text: null,
      content: sql`jsonb_build_object('type', ${messages.type})`,
      revokedAt: sql`coalesce(${messages.revokedAt}, ${at.toISOString()}::timestamptz)`,
    })
    .where(inArray(messages.id, [...ids]));
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
