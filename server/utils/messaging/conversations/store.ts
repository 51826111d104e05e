import { eq, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, phoneNumbers } from "#db/schema/index";
import { newId } from "../../ids";
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
      ${newId()}::uuid, ${newId()}::uuid)`);
  const row = rows[0];
  return row && { conversationId: row.conversation_id, contactId: row.contact_id };
}

/** Gives out the next place in a conversation's order of sends, under the row's lock; what was unread is answered. */
export async function takePosition(
  tx: Transaction,
  conversationId: string,
  now: Date,
): Promise<{ position: number; lastInboundAt: Date | null }> {
  const rows = await tx
    .update(conversations)
    .set({ lastPosition: sql`${conversations.lastPosition} + 1`, lastMessageAt: now, unreadCount: 0 })
    .where(eq(conversations.id, conversationId))
    .returning({ position: conversations.lastPosition, lastInboundAt: conversations.lastInboundAt });
  const row = rows[0];
  if (!row) throw new Error("the conversation that was just opened is gone");
  return row;
}

export interface NumberRow {
  readonly id: string;
  readonly waPhoneNumberId: string;
  readonly portfolioId: string;
  readonly defaultClientId: string | null;
}

export async function findNumber(tx: Transaction, waPhoneNumberId: string): Promise<NumberRow | undefined> {
  const rows = await tx
    .select({
      id: phoneNumbers.id,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      portfolioId: phoneNumbers.portfolioId,
      defaultClientId: phoneNumbers.defaultClientId,
    })
    .from(phoneNumbers)
    .where(eq(phoneNumbers.waPhoneNumberId, waPhoneNumberId));
  return rows[0];
}

/** Remembers that something from Meta arrived for this number. To the second, to spare the row. */
export async function touchNumber(tx: Transaction, phoneNumberId: string, receivedAt: Date): Promise<void> {
  await tx.execute(sql`
    update phone_numbers set last_webhook_at = ${receivedAt.toISOString()}
    where id = ${phoneNumberId}
      and coalesce(last_webhook_at, 'epoch') < ${receivedAt.toISOString()}::timestamptz - interval '1 second'`);
}

/** Finds or creates the contact behind the aliases, as the system. */
export async function resolveContact(
  tx: Transaction,
  portfolioId: string,
  aliases: readonly { kind: string; value: string }[],
): Promise<string> {
  const kinds = sql`array[${sql.join(
    aliases.map((alias) => sql`${alias.kind}`),
    sql`, `,
  )}]::text[]`;
  const values = sql`array[${sql.join(
    aliases.map((alias) => sql`${alias.value}`),
    sql`, `,
  )}]::text[]`;
  const rows = await tx.execute<{ id: string }>(
    sql`select resolve_contact(${portfolioId}, ${kinds}, ${values}, ${newId()}::uuid) as id`,
  );
  const id = rows[0]?.id;
  if (!id) throw new Error("resolve_contact returned no contact");
  return id;
}

/** Opens the conversation with a contact who wrote to us; a new one goes to the number's default client. */
export async function openInboundConversation(
  tx: Transaction,
  number: NumberRow,
  contactId: string,
): Promise<string> {
  await tx
    .insert(conversations)
    .values({ id: newId(), phoneNumberId: number.id, contactId, ownerClientId: number.defaultClientId })
    .onConflictDoNothing();
  const rows = await tx.execute<{ id: string }>(sql`
    select id from conversations where phone_number_id = ${number.id} and contact_id = ${contactId}`);
  const id = rows[0]?.id;
  if (!id) throw new Error("the conversation that was just opened is gone");
  return id;
}

export interface ConversationMove {
  readonly occurredAt: Date;
  /** Whether it is a message of a type that opens the 24-hour window. */
  readonly opensWindow: boolean;
  /** False for a message that takes the place of one that was counted already. */
  readonly isNew: boolean;
}

/** Moves a conversation on after a person's message. */
export async function moveConversation(
  tx: Transaction,
  conversationId: string,
  { occurredAt, opensWindow, isNew }: ConversationMove,
): Promise<void> {
  const at = sql`${occurredAt.toISOString()}::timestamptz`;
  await tx
    .update(conversations)
    .set({
      unreadCount: isNew
        ? sql`${conversations.unreadCount} + 1`
        : sql`greatest(${conversations.unreadCount}, 1)`,
      lastMessageAt: sql`greatest(${conversations.lastMessageAt}, ${at})`,
      ...(opensWindow ? { lastInboundAt: sql`greatest(${conversations.lastInboundAt}, ${at})` } : {}),
    })
    .where(eq(conversations.id, conversationId));
}

/** Display data that Meta sent along; never overwrites with nothing. */
export async function describeContact(
  tx: Transaction,
  contactId: string,
  profileName: string | undefined,
  username: string | undefined,
): Promise<void> {
  if (!profileName && !username) return;
  await tx.execute(sql`
    update contacts
    set profile_name = coalesce(${profileName ?? null}, profile_name), username = coalesce(${username ?? null}, username)
    where id = ${contactId}
      and (profile_name is distinct from coalesce(${profileName ?? null}, profile_name)
        or username is distinct from coalesce(${username ?? null}, username))`);
}
