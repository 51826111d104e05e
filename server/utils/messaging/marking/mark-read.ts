import type { Transaction } from "#db/client";
import { grantedNumbers } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { AppError } from "../../errors";
import { insertOutboxEvent } from "../../outbox/store";
import { notFound } from "../not-found";
import { canMarkRead } from "./can-mark-read";
import {
  findConversationOf,
  findInbound,
  findNewestInbound,
  lockConversation,
  setUnreadAfter,
} from "./store";

export interface MarkReadInput {
  /** All of it; one of the two is given. */
  readonly conversationId: string | undefined;
  /** This one and what came before it. */
  readonly messageId: string | undefined;
  readonly isTyping: boolean;
}

export interface MarkedRead {
  readonly conversation_id: string;
  readonly unread: number;
  /** Whether the person is told; not of what is older than 30 days. */
  readonly receipt: boolean;
}

const TOOL = "mark_read";
// Meta shows it for 25 seconds; later than this nobody waits for an answer that was about to be typed.
const TYPING_MS = 20_000;

/**
 * Marks a conversation as read: here at once, and for the person by an event that is committed with it.
 *
 * @throws AppError `not_found` for what is not the caller's, `invalid_arguments` for a message that we sent
 */
export async function markRead(ctx: CallContext, input: MarkReadInput): Promise<MarkedRead> {
  const { conversationId, messageId, isTyping } = input;
  if ((conversationId === undefined) === (messageId === undefined)) {
    throw new AppError("invalid_arguments", "Either conversation_id or message_id is needed.", {
      details: { field: "conversation_id" },
    });
  }
  const phoneNumberIds = grantedNumbers(ctx.principal, TOOL).map((number) => number.phoneNumberId);
  const marked = await ctx.transact(async (tx) => {
    const id = conversationId ?? (await findOf(tx, messageId ?? "", phoneNumberIds));
    ctx.targets.conversationId = id;
    if (phoneNumberIds.length === 0 || !(await lockConversation(tx, id, phoneNumberIds))) {
      throw notFound("conversation_id");
    }
    const message = messageId ? await findInbound(tx, id, messageId) : await findNewestInbound(tx, id);
    const unread = await setUnreadAfter(tx, id, messageId);
    const now = ctx.clock.now();
    const isTold = message !== undefined && canMarkRead(message, now);
    if (isTold) {
      ctx.targets.messageId = message.id;
      const typingUntil = new Date(now.getTime() + TYPING_MS).toISOString();
      const data = { message_id: message.id, ...(isTyping ? { typing_until: typingUntil } : {}) };
      await insertOutboxEvent(tx, { name: "wa/message.read", data, availableAt: now });
    }
    return { conversation_id: id, unread, receipt: isTold };
  });
  ctx.wakeRelay();
  return marked;
}

async function findOf(
  tx: Transaction,
  messageId: string,
  phoneNumberIds: readonly string[],
): Promise<string> {
  const found =
    phoneNumberIds.length > 0 ? await findConversationOf(tx, messageId, phoneNumberIds) : undefined;
  if (!found) throw notFound("message_id");
  if (found.direction === "inbound") return found.conversationId;
  throw new AppError("invalid_arguments", "message_id is a message that we sent.", {
    advice: "Name a message that the person wrote, or the conversation.",
    details: { field: "message_id" },
  });
}
