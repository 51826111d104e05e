import { and, inArray } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { conversations } from "#db/schema/index";

/** Those of the conversations that are on these numbers, and that whoever asks may see. */
export async function findVisibleConversations(
  tx: Transaction,
  conversationIds: readonly string[],
  phoneNumberIds: readonly string[],
): Promise<string[]> {
  const rows = await tx
    .select({ id: conversations.id })
    .from(conversations)
    .where(
      and(
        inArray(conversations.id, [...conversationIds]),
        inArray(conversations.phoneNumberId, [...phoneNumberIds]),
      ),
    );
  return rows.map(({ id }) => id);
}
