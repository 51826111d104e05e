import type { Transaction } from "#db/client";
import { requireNumber } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { AppError } from "../../errors";
import { newId } from "../../ids";
import { openConversation, takePosition } from "../conversations/store";
import { hashContent, type OutboundContent } from "../message-content";
import { readRecipient, type Recipient } from "../recipient";
import { readWindow, type CustomerServiceWindow } from "../window";
import { insertWake } from "./insert-wake";
import {
  findByIdempotencyKey,
  findReplyTarget,
  insertEvent,
  insertMessage,
  type EarlierMessage,
} from "./store";

export interface QueueMessageInput {
  /** The tool that sends, for scopes and grants. */
  readonly tool: string;
  readonly to: string;
  /** Meta's id of the number; may be left out when the key has one. */
  readonly waPhoneNumberId: string | undefined;
  readonly content: OutboundContent;
  /** Our id or Meta's of the message that this one quotes. */
  readonly replyTo: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly expiresInSeconds: number | undefined;
}

export interface QueuedMessage {
  readonly message_id: string;
  readonly status: string;
  readonly conversation_id: string;
  readonly window: CustomerServiceWindow;
}

/** What the transaction needs, checked. */
interface Draft extends QueueMessageInput {
  readonly phoneNumberId: string;
  readonly recipient: Recipient;
  readonly contentHash: string;
}

/**
 * Queues a message: its row, its event, its outbox entry and its audit row are committed together, and from
 * then on it is sent exactly once or says why it was not.
 *
 * @throws AppError `not_found` for a number, contact or quoted message that is not the caller's
 * @throws AppError `conflict` when the idempotency key came before with other content
 */
export async function queueMessage(ctx: CallContext, input: QueueMessageInput): Promise<QueuedMessage> {
  const number = requireNumber(ctx.principal, input.tool, input.waPhoneNumberId);
  const recipient = readRecipient(input.to);
  const draft: Draft = {
    ...input,
    phoneNumberId: number.phoneNumberId,
    recipient,
    contentHash: hashContent(describeRecipient(recipient), input.content, input.replyTo),
  };
  ctx.targets.phoneNumberId = number.phoneNumberId;
  const queued = await ctx.transact(
    async (tx) => (await answerAgain(ctx, tx, draft)) ?? insertDraft(ctx, tx, draft),
  );
  ctx.wakeRelay();
  return queued;
}

async function answerAgain(
  ctx: CallContext,
  tx: Transaction,
  draft: Draft,
): Promise<QueuedMessage | undefined> {
  if (!draft.idempotencyKey) return undefined;
  const earlier = await findByIdempotencyKey(tx, ctx.principal.clientId, draft.idempotencyKey);
  if (!earlier) return undefined;
  if (earlier.phoneNumberId !== draft.phoneNumberId || earlier.contentHash !== draft.contentHash) {
    throw conflict();
  }
  return describe(ctx, earlier);
}

async function insertDraft(ctx: CallContext, tx: Transaction, draft: Draft): Promise<QueuedMessage> {
  const { phoneNumberId, content } = draft;
  const conversation = await openConversation(tx, phoneNumberId, draft.recipient);
  if (!conversation) throw notFound("to", "There is no such recipient for this key.");
  const now = ctx.clock.now();
  const { position, lastInboundAt } = await takePosition(tx, conversation.conversationId, now);
  const replyToWamid = draft.replyTo
    ? await findReplyTarget(tx, conversation.conversationId, draft.replyTo)
    : null;
  if (replyToWamid === undefined)
    throw notFound("reply_to", "There is no such message in this conversation.");

  const messageId = newId();
  const inserted = await insertMessage(tx, {
    id: messageId,
    ...conversation,
    phoneNumberId,
    clientId: ctx.principal.clientId,
    direction: "outbound",
    type: content.type,
    status: "queued",
    content: content.payload,
    text: content.text ?? null,
    replyToWamid,
    idempotencyKey: draft.idempotencyKey ?? null,
    contentHash: draft.contentHash,
    position,
    occurredAt: now,
    expiresAt: draft.expiresInSeconds ? new Date(now.getTime() + draft.expiresInSeconds * 1000) : null,
  });
  if (!inserted) {
    // The same key raced us in another call, which has committed: its message is the answer.
    const earlier = await answerAgain(ctx, tx, draft);
    if (earlier) return earlier;
    // It was used for a message that has been given to another client since.
    throw conflict();
  }
  const message = { id: messageId, phoneNumberId, conversationId: conversation.conversationId };
  await insertEvent(tx, message, "queued", now);
  await insertWake(tx, "wa/message.queued", message, now);
  return describe(ctx, { ...message, status: "queued", lastInboundAt });
}

function describe(
  ctx: CallContext,
  message: Pick<EarlierMessage, "id" | "status" | "conversationId" | "lastInboundAt">,
): QueuedMessage {
  ctx.targets.conversationId = message.conversationId;
  ctx.targets.messageId = message.id;
  return {
    message_id: message.id,
    status: message.status,
    conversation_id: message.conversationId,
    window: readWindow(message.lastInboundAt, ctx.clock.now()),
  };
}

function describeRecipient(recipient: Recipient): string {
  return recipient.kind === "contact"
    ? `contact:${recipient.contactId}`
    : `${recipient.kind}:${recipient.value}`;
}

function notFound(field: string, message: string): AppError {
  return new AppError("not_found", message, {
    advice: "Call get_messages to see what this key may write to.",
    details: { field },
  });
}

function conflict(): AppError {
  return new AppError("conflict", "This idempotency_key was used for another message.", {
    advice: "Use a new key for a new message; use the same key only to repeat the same call.",
    details: { field: "idempotency_key" },
  });
}
