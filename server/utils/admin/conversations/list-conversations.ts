import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { requireNumber } from "../numbers/require-number";
import { selectConversations } from "./store";

/** A conversation, as an admin sees it: whose it is, and with whom, but not what was said. */
export type ConversationView = Awaited<ReturnType<typeof selectConversations>>[number];

/** Which conversations are listed: the newest, on one number, of one client. */
export interface ListConversationsInput {
  readonly number?: string | undefined;
  readonly client?: string | undefined;
  readonly limit: number;
}

/**
 * Conversations, the one in which something was said last first.
 *
 * @throws AppError `not_found`
 */
export async function listConversations(
  ctx: AdminContext,
  { number, client, limit }: ListConversationsInput,
): Promise<ConversationView[]> {
  const tx = ctx.database.system;
  const filter = {
    phoneNumberId: number === undefined ? undefined : (await requireNumber(tx, number)).id,
    ownerClientId: client === undefined ? undefined : (await requireClient(tx, client)).id,
  };
  return selectConversations(tx, filter, limit);
}
