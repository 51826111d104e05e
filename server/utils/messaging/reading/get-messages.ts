import { grantedNumbers, requireNumber } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { countFitting } from "../count-fitting";
import { describeReach } from "../describe-reach";
import { viewMessage, type MessageView } from "../message-view";
import { notFound } from "../not-found";
import { readRecipient } from "../recipient";
import { findVisibleContact } from "../conversations/contacts/store";
import { isConversationVisible, listMessages } from "./store";

export interface GetMessagesInput {
  readonly conversationId: string | undefined;
  /** A phone number, wa_id, BSUID or contact id. */
  readonly contact: string | undefined;
  readonly waPhoneNumberId: string | undefined;
  readonly direction: "inbound" | "outbound" | undefined;
  readonly since: Date | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface MessagePage {
  readonly messages: MessageView[];
  readonly next_cursor: string | null;
}

const TOOL = "get_messages";

/**
 * Reads stored messages, newest first.
 *
 * @throws AppError `not_found` for a number, conversation or contact that is not the caller's
 */
export async function getMessages(ctx: CallContext, input: GetMessagesInput): Promise<MessagePage> {
  const numbers = input.waPhoneNumberId
    ? [requireNumber(ctx.principal, TOOL, input.waPhoneNumberId)]
    : grantedNumbers(ctx.principal, TOOL);
  const phoneNumberIds = numbers.map((number) => number.phoneNumberId);
  if (phoneNumberIds.length === 0) return { messages: [], next_cursor: null };
  const recipient = input.contact === undefined ? undefined : readRecipient(input.contact, "contact");
  if (input.conversationId) ctx.targets.conversationId = input.conversationId;

  return ctx.transact(async (tx) => {
    if (input.conversationId && !(await isConversationVisible(tx, input.conversationId, phoneNumberIds))) {
      throw notFound("conversation_id");
    }
    const contactId = recipient && (await findVisibleContact(tx, recipient, phoneNumberIds));
    if (recipient && !contactId) throw notFound("contact");
    const rows = await listMessages(tx, {
      ...describeReach(ctx.principal, numbers),
      conversationId: input.conversationId,
      contactId,
      direction: input.direction,
      since: input.since,
      beforeId: input.cursor,
      limit: input.limit + 1,
    });
    return cutPage(rows.map(viewMessage), input.limit);
  });
}

function cutPage(messages: MessageView[], limit: number): MessagePage {
  const page = messages.slice(0, countFitting(messages.slice(0, limit)));
  return { messages: page, next_cursor: page.length < messages.length ? (page.at(-1)?.id ?? null) : null };
}
