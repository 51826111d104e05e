import { AppError } from "../../errors";
import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { requireGrant } from "../grants/require-grant";
import { isId } from "../is-id";
import { performAction } from "../perform-action";
import { findConversation, setOwner } from "./store";

/** Whose a conversation was, and is. */
export interface AssignedConversation {
  readonly id: string;
  readonly oldOwnerClientId: string | null;
  readonly ownerClientId: string;
  readonly owner: string;
}

/**
 * Gives a conversation, with all its messages, to another client.
 *
 * @throws AppError `not_found`, also when the client holds no grant on the conversation's number
 */
export async function assignConversation(
  ctx: AdminContext,
  input: { readonly conversation: string; readonly client: string },
): Promise<AssignedConversation> {
  return performAction(ctx, "conversation.assigned", async (tx, targets) => {
    const conversation = isId(input.conversation)
      ? await findConversation(tx, input.conversation)
      : undefined;
    if (!conversation) {
      throw new AppError("not_found", "There is no conversation with this id.", {
        advice: '"conversations list" shows them.',
      });
    }
    const { id, phoneNumberId, ownerClientId: oldOwnerClientId } = conversation;
    targets.conversationId = id;
    targets.phoneNumberId = phoneNumberId;
    const client = await requireClient(tx, input.client);
    targets.clientId = client.id;
    targets.detail = { old_client_id: oldOwnerClientId, new_client_id: client.id };
    await requireGrant(tx, client.id, phoneNumberId);
    await setOwner(tx, id, client.id);
    return { id, oldOwnerClientId, ownerClientId: client.id, owner: client.name };
  });
}
