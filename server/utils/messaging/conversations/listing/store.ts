import { and, desc, eq, gte, inArray, lt, lte, or, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations, phoneNumbers } from "#db/schema/index";
import type { Reach } from "../../describe-reach";

export interface ListedConversation {
  readonly id: string;
  readonly waPhoneNumberId: string;
  readonly lastMessageAt: Date | null;
}

export interface ConversationFilter extends Reach {
  /** Ids between these two, both included. */
  readonly within: { readonly first: string; readonly last: string } | undefined;
  /** Begun before this one. */
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** Conversations, the one that began last first. Row-level security decides what is visible; the filters lead to it. */
export async function listConversations(
  tx: Transaction,
  { within, beforeId, limit, ...reach }: ConversationFilter,
): Promise<ListedConversation[]> {
  const isReached = leadTo(reach);
  if (!isReached) return [];
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
        isReached,
        within ? and(gte(conversations.id, within.first), lte(conversations.id, within.last)) : undefined,
        beforeId ? lt(conversations.id, beforeId) : undefined,
      ),
    )
    .orderBy(desc(conversations.id))
    .limit(limit);
}

/** The condition that leads to the conversations in reach; none is when there is no condition. */
export function leadTo({ allOf, ownOf, clientId }: Reach): SQL | undefined {
  return or(
    allOf.length > 0 ? inArray(conversations.phoneNumberId, [...allOf]) : undefined,
    // Named, so that the index on the owner serves: a number may hold ten thousands of others' conversations.
    ownOf.length > 0
      ? and(inArray(conversations.phoneNumberId, [...ownOf]), eq(conversations.ownerClientId, clientId))
      : undefined,
  );
}
