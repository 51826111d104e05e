import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, phoneNumbers } from "#db/schema/index";
import { newId } from "../../ids";
import type { WindowFacts } from "../is-closed-by-meta";
import type { Recipient } from "../recipient";

export interface OpenedConversation {
  readonly conversationId: string;
  readonly contactId: string;
}

/** Opens the conversation in which the calling client may write to the recipient. Undefined when it may not. */
export async function openConversation(
  tx: Transaction,
  phoneNumberId: string,
  recipient: Recipient,
): Promise<OpenedConversation | undefined> {
  const kind = recipient.kind === "contact" ? null : recipient.kind;
  const value = recipient.kind === "contact" ? null : recipient.value;
  const contactId = recipient.kind === "contact" ? recipient.contactId : null;
  const rows = await tx.execute<{ conversation_id: string; contact_id: string }>(sql`
    select conversation_id, contact_id
    from open_conversation(${phoneNumberId}::uuid, ${kind}::text, ${value}::text, ${contactId}::uuid,
      ${randomUUID()}::uuid, ${newId()}::uuid)`);
  const row = rows[0];
  return row && { conversationId: row.conversation_id, contactId: row.contact_id };
}

/**
 * Gives out the next place in a conversation's order of sends, under the row's lock.
 *
 * @param answers whether what is unread is answered by it: all, nothing (it may never leave), or all if the person has
 * written nothing since a draft
 */
export async function takePosition(
  tx: Transaction,
  conversationId: string,
  now: Date,
  answers: "all" | "nothing" | { readonly since: string },
): Promise<{ position: number; window: WindowFacts }> {
  const { id, unreadCount, lastPosition } = conversations;
  const left = {
    all: sql`0`,
    nothing: unreadCount,
    since: (draftId: string) => sql`case when exists (
      select from messages m
      where m.conversation_id = ${id} and m.direction = 'inbound' and not m.quiet and m.id > ${draftId}::uuid
    ) then ${unreadCount} else 0 end`,
  };
  const rows = await tx
    .update(conversations)
    .set({
      lastPosition: sql`${lastPosition} + 1`,
      lastMessageAt: now,
      unreadCount: sql`${typeof answers === "object" ? left.since(answers.since) : left[answers]}`,
    })
    .where(eq(conversations.id, conversationId))
    .returning({
      position: conversations.lastPosition,
      lastInboundAt: conversations.lastInboundAt,
      windowClosedAt: conversations.windowClosedAt,
    });
  const row = rows[0];
  if (!row) throw new Error("the conversation that was just opened is gone");
  const { position, ...window } = row;
  return { position, window };
}

export interface NumberRow {
  readonly id: string;
  readonly waPhoneNumberId: string;
  readonly portfolioId: string;
  readonly defaultClientId: string | null;
}

/** A number by Meta's id, or the only number of an account where a webhook names no more than that. */
export async function findNumber(
  tx: Transaction,
  waPhoneNumberId: string | undefined,
  wabaId?: string,
): Promise<NumberRow | undefined> {
  const rows = await tx
    .select({
      id: phoneNumbers.id,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      portfolioId: phoneNumbers.portfolioId,
      defaultClientId: phoneNumbers.defaultClientId,
    })
    .from(phoneNumbers)
    .where(
      waPhoneNumberId
        ? eq(phoneNumbers.waPhoneNumberId, waPhoneNumberId)
        : eq(phoneNumbers.wabaId, wabaId ?? ""),
    )
    .limit(2);
  return rows.length === 1 ? rows[0] : undefined;
}

/** Remembers until when Meta has told of this number. To the second, which is how exactly Meta tells it. */
export async function touchNumber(tx: Transaction, phoneNumberId: string, receivedAt: Date): Promise<void> {
  await tx.execute(sql`
    update phone_numbers set last_webhook_at = ${receivedAt.toISOString()}
    where id = ${phoneNumberId}
      and coalesce(last_webhook_at, 'epoch') < ${receivedAt.toISOString()}::timestamptz - interval '900 milliseconds'`);
}

/** A conversation, and what is shown of the contact in it. */
export interface InboundConversation {
  readonly conversationId: string;
  readonly profileName: string | null;
  readonly username: string | null;
}

/** Opens and locks the conversation with a contact; a new one goes to the number's default client. */
export async function openInboundConversation(
  tx: Transaction,
  number: NumberRow,
  contactId: string,
): Promise<InboundConversation> {
  const rows = await tx.execute<{
    conversation_id: string;
    profile_name: string | null;
    username: string | null;
  }>(sql`
    select conversation_id, profile_name, username
    from open_inbound_conversation(${number.id}::uuid, ${contactId}::uuid, ${number.defaultClientId}::uuid,
      ${newId()}::uuid)`);
  const row = rows[0];
  if (!row) throw new Error("the contact that was just found is gone");
  const { conversation_id: conversationId, profile_name: profileName, username } = row;
  return { conversationId, profileName, username };
}

/** What a person goes by. */
export interface PersonNames {
  readonly profileName?: string | null | undefined;
  readonly username?: string | null | undefined;
}

/** Remembers display data that Meta sent along, where it is another than before; never overwrites with nothing. */
export async function describePerson(
  tx: Transaction,
  conversationId: string,
  known: PersonNames,
  told: PersonNames,
): Promise<void> {
  const profileName = told.profileName || known.profileName;
  const username = told.username || known.username;
  if (profileName === known.profileName && username === known.username) return;
  await tx.update(conversations).set({ profileName, username }).where(eq(conversations.id, conversationId));
}

export interface ConversationMove {
  readonly occurredAt: Date;
  /** Whether it is a message of a type that opens the 24-hour window. */
  readonly opensWindow: boolean;
  /** `new` is one more, `again` takes the place of one that was counted already, `quiet` is not counted. */
  readonly counts: "new" | "again" | "quiet";
}

/** Moves a conversation on after a person's message. */
export async function moveConversation(
  tx: Transaction,
  conversationId: string,
  { occurredAt, opensWindow, counts }: ConversationMove,
): Promise<void> {
  const at = sql`${occurredAt.toISOString()}::timestamptz`;
  const { unreadCount, lastMessageAt, lastInboundAt } = conversations;
  await tx
    .update(conversations)
    .set({
      ...(counts === "new" ? { unreadCount: sql`${unreadCount} + 1` } : {}),
      ...(counts === "again" ? { unreadCount: sql`greatest(${unreadCount}, 1)` } : {}),
      lastMessageAt: sql`greatest(${lastMessageAt}, ${at})`,
      ...(opensWindow ? { lastInboundAt: sql`greatest(${lastInboundAt}, ${at})` } : {}),
    })
    .where(eq(conversations.id, conversationId));
}

/**
 * Moves a conversation on after a message that the business wrote elsewhere. What was unread is answered, unless
 * something came in after it.
 */
export async function moveAfterEcho(
  tx: Transaction,
  conversationId: string,
  occurredAt: Date,
): Promise<void> {
  const at = sql`${occurredAt.toISOString()}::timestamptz`;
  await tx.execute(sql`
    update conversations
    set unread_count = case when last_message_at > ${at} then unread_count else 0 end,
      last_message_at = greatest(last_message_at, ${at})
    where id = ${conversationId}`);
}
