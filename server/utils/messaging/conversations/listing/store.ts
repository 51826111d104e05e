import { and, desc, eq, gte, inArray, lt, lte, or } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, phoneNumbers } from "#db/schema/index";

export interface ListedConversation {
  readonly id: string;
  readonly waPhoneNumberId: string;
  readonly lastMessageAt: Date | null;
}

export interface ConversationFilter {
  /** Numbers of which the client sees every conversation, and numbers of which it sees its own. */
  readonly allOf: readonly string[];
  readonly ownOf: readonly string[];
  readonly clientId: string;
  /** Ids between these two, both included. */
  readonly within: { readonly first: string; readonly last: string } | undefined;
  /** Begun before this one. */
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** Conversations, the one that began last first. Row-level security decides what is visible; the filters lead to it. */
export async function listConversations(
  tx: Transaction,
  { allOf, ownOf, clientId, within, beforeId, limit }: ConversationFilter,
): Promise<ListedConversation[]> {
  const isSeen = or(
    allOf.length > 0 ? inArray(conversations.phoneNumberId, [...allOf]) : undefined,
    // Named, so that the index on the owner serves: a number may hold ten thousands of others' conversations.
    ownOf.length > 0
      ? and(inArray(conversations.phoneNumberId, [...ownOf]), eq(conversations.ownerClientId, clientId))
      : undefined,
  );
  if (!isSeen) return [];
  return tx
    .select({
      id: conversations.id,
      waPhoneNumberId: phoneNumbers.waPhoneNumberId,
      lastMessageAt: conversations.lastMessageAt,
    })
    .from(conversations)
    .innerJoin(phoneNumbers, eq(phoneNumbers.id, conversations.phoneNumberId))
    .where(
      and(
        isSeen,
        within ? and(gte(conversations.id, within.first), lte(conversations.id, within.last)) : undefined,
        beforeId ? lt(conversations.id, beforeId) : undefined,
      ),
    )
    .orderBy(desc(conversations.id))
    .limit(limit);
}
