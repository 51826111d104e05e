import { grantedNumbers } from "../../../auth/scopes";
import type { CallContext } from "../../../context";
import { notFound } from "../../not-found";
import { readMessages } from "../../reading/store";
import { untrustedText } from "../../untrusted-text";
import { viewConversation, type ConversationView } from "./conversation-view";
import { findConversation, listConversationAliases } from "./store";

export interface DetailedConversation extends ConversationView {
  /** What the person is called by, as told in this conversation: ids that Meta gave. */
  readonly aliases: { readonly kind: string; readonly value: string }[];
}

const TOOL = "get_conversation";
// Meta's ids and phone numbers; anything else in their place may be anybody's words.
const ID = /^[\w.:+-]{1,160}$/;

/** @throws AppError `not_found` for a conversation that is not the caller's */
export async function getConversation(
  ctx: CallContext,
  conversationId: string,
): Promise<DetailedConversation> {
  const { principal } = ctx;
  const phoneNumberIds = grantedNumbers(principal, TOOL).map((number) => number.phoneNumberId);
  ctx.targets.conversationId = conversationId;
  return ctx.transact(async (tx) => {
    const found =
      phoneNumberIds.length > 0 ? await findConversation(tx, conversationId, phoneNumberIds) : undefined;
    if (!found) throw notFound("conversation_id");
    const [last] = found.lastMessageId ? await readMessages(tx, [found.lastMessageId]) : [];
    const aliases = await listConversationAliases(tx, found, principal.clientId);
    return {
      ...viewConversation(found, last, principal.clientId, ctx.clock.now()),
      aliases: aliases.filter(({ value }) => ID.test(value) && untrustedText(value) === value),
    };
  });
}
