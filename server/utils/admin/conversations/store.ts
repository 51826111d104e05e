import { and, desc, eq, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { clients, contactAliases, conversations, phoneNumbers } from "#db/schema/index";

/** Which conversations are meant: those that every named property fits. */
export interface ConversationFilter {
  readonly phoneNumberId?: string | undefined;
  readonly ownerClientId?: string | undefined;
}

/** A conversation's number and owner, locked until the transaction ends. */
export async function findConversation(tx: Transaction, id: string) {
  const rows = await tx
    .select({
      id: conversations.id,
      phoneNumberId: conversations.phoneNumberId,
      ownerClientId: conversations.ownerClientId,
    })
    .from(conversations)
    .where(eq(conversations.id, id))
    .for("update");
  return rows[0];
}

export async function setOwner(tx: Transaction, id: string, ownerClientId: string): Promise<void> {
  await tx.update(conversations).set({ ownerClientId }).where(eq(conversations.id, id));
}

/** The conversations in which something was said last, with the contact's best address. */
export async function selectConversations(tx: Transaction, filter: ConversationFilter, limit: number) {
  const { phoneNumberId, ownerClientId } = filter;
  const address = sql<string | null>`(
    select case when a.kind in ('wa_id', 'phone_input') then '+' || a.value else a.value end
    from ${contactAliases} a
    where a.contact_id = ${conversations.contactId} and a.ended_at is null
    order by array_position(array['wa_id', 'phone_input', 'bsuid', 'parent_bsuid'], a.kind) limit 1)`;
  return tx
    .select({
      id: conversations.id,
      phoneNumberId: conversations.phoneNumberId,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      contactId: conversations.contactId,
      address,
      ownerClientId: conversations.ownerClientId,
      owner: clients.name,
      unreadCount: conversations.unreadCount,
      lastInboundAt: conversations.lastInboundAt,
      lastMessageAt: conversations.lastMessageAt,
    })
    .from(conversations)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, conversations.phoneNumberId))
    .leftJoin(clients, eq(clients.id, conversations.ownerClientId))
    .where(
      and(
        phoneNumberId === undefined ? undefined : eq(conversations.phoneNumberId, phoneNumberId),
        ownerClientId === undefined ? undefined : eq(conversations.ownerClientId, ownerClientId),
      ),
    )
    .orderBy(sql`${conversations.lastMessageAt} desc nulls last`, desc(conversations.id))
    .limit(limit);
}
