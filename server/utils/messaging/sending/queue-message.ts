import type { Transaction } from "#db/client";
import { chargeSend } from "../../auth/limits/charge-send";
import type { NumberGrant } from "../../auth/principal";
import { requireNumber } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { AppError } from "../../errors";
import { newId } from "../../ids";
import { askForApproval } from "../approvals/ask-for-approval";
import { holdMessage } from "../approvals/hold-message";
import { needsApproval } from "../approvals/needs-approval";
import { findApprovalOf } from "../approvals/store";
import { takePosition, type OpenedConversation } from "../conversations/store";
import {
  hashContent,
  type ContentPlace,
  type OutboundContent,
  type PreparedContent,
} from "../message-content";
import { describeRecipient } from "../describe-recipient";
import type { WindowFacts } from "../is-closed-by-meta";
import { readRecipient, type Recipient } from "../recipient";
import { readWindow, type CustomerServiceWindow } from "../window";
import { findByIdempotencyKey, findOwnMessage, type EarlierMessage } from "./earlier/store";
import { attachFile } from "./files/attach-file";
import { insertFile } from "./files/insert-file";
import { insertWake } from "./insert-wake";
import { openRecipient } from "./open-recipient";
import { requireRecipient } from "./require-recipient";
import { requireWorkingNumber } from "./require-working-number";
import { insertEvent, insertMessage } from "./store";
import { findTarget } from "./targets/store";
import { requireOpenWindow } from "./window/require-open-window";

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
  /** Set while a person has to approve it. */
  readonly approval?: { readonly id: string; readonly expires_at: string };
}

/** What the transaction needs, checked. */
interface Draft extends QueueMessageInput {
  readonly grant: NumberGrant;
  readonly phoneNumberId: string;
  readonly recipient: Recipient;
  readonly contentHash: string;
}

/**
 * Queues a message: its row, its event, its outbox entry and its audit row are committed together, and from
 * then on it is sent exactly once or says why it was not.
 *
 * Where the grant wants a person's word, the message is held instead, and the person asked. A caller who comes back with the
 * answer finds that message again and makes no second one.
 *
 * @throws AppError `not_found` for a number, contact or quoted message that is not the caller's
 * @throws AppError `conflict` when the idempotency key came before with other content
 * @throws AppError `window_closed` or `forbidden` by the grant's recipient policy, `rate_limited` by a cap that is full,
 * `number_paused` while the number needs its owner
 */
export async function queueMessage(ctx: CallContext, input: QueueMessageInput): Promise<QueuedMessage> {
  const number = requireNumber(ctx.principal, input.tool, input.waPhoneNumberId);
  const recipient = readRecipient(input.to, "to");
  const draft: Draft = {
    ...input,
    grant: number,
    phoneNumberId: number.phoneNumberId,
    recipient,
    contentHash: hashContent(describeRecipient(recipient), input.content, input.replyTo),
  };
  ctx.targets.phoneNumberId = number.phoneNumberId;
  const queued = ctx.askedAboutId
    ? await ctx.read((tx) => findAskedAbout(ctx, tx, draft))
    : await ctx.transact(async (tx) => (await answerAgain(ctx, tx, draft)) ?? insertDraft(ctx, tx, draft));
  ctx.wakeRelay();
  if (queued.status !== "held") return queued;
  const status = await askForApproval(ctx, queued.message_id);
  if (status === "held") return queued;
  const { approval: _, ...decided } = queued;
  return { ...decided, status };
}

// The caller comes back with a person's answer: the message has been there since it was asked.
async function findAskedAbout(ctx: CallContext, tx: Transaction, draft: Draft): Promise<QueuedMessage> {
  const held = await findOwnMessage(tx, ctx.principal.clientId, ctx.askedAboutId ?? "");
  if (held?.phoneNumberId === draft.phoneNumberId && held.contentHash === draft.contentHash) {
    return describe(ctx, tx, held);
  }
  throw new AppError("not_found", "The message that was asked about is not there any more.", {
    advice: "Make the call again without requestState and inputResponses.",
  });
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
  return describe(ctx, tx, earlier);
}

async function insertDraft(ctx: CallContext, tx: Transaction, draft: Draft): Promise<QueuedMessage> {
  const now = ctx.clock.now();
  await requireWorkingNumber(tx, draft.phoneNumberId);
  const found = await openRecipient(ctx, tx, draft);
  const conversation = await requireRecipient(tx, draft.grant, found, now);
  if (ctx.config.serviceWindow && draft.content.type !== "template") {
    await requireOpenWindow(tx, { ...conversation, phoneNumberId: draft.phoneNumberId }, now);
  }
  const isHeld = await needsApproval(tx, draft.grant, conversation.conversationId);
  const row = await writeRow(ctx, tx, { draft, conversation, status: isHeld ? "held" : "queued", now });
  if (!row) {
    // The same key raced us in another call, which has committed: its message is the answer.
    const earlier = await answerAgain(ctx, tx, draft);
    if (earlier) return earlier;
    // It was used for a message that has been given to another client since.
    throw conflict();
  }
  await insertEvent(tx, row, row.status, now);
  if (isHeld) await holdMessage(tx, row, now, ctx.config.approvalTimeoutMs);
  else await insertWake(tx, "wa/message.queued", row, now);
  // Last, because all sends of a key wait for its counters until this one is committed.
  await chargeSend(tx, row.id, now);
  return describe(ctx, tx, row);
}

interface Place {
  readonly draft: Draft;
  readonly conversation: OpenedConversation;
  readonly status: "held" | "queued";
  readonly now: Date;
}

/** Writes the message. Undefined when its idempotency key is there already. */
async function writeRow(ctx: CallContext, tx: Transaction, { draft, conversation, status, now }: Place) {
  // What is held may never leave.
  const answers = status === "held" ? "nothing" : "all";
  const { type } = draft.content;
  const place = { ...conversation, phoneNumberId: draft.phoneNumberId, now };
  const content: PreparedContent = (await draft.content.prepare?.(tx, place)) ?? draft.content;
  const { payload, file } = attachFile({ type, payload: content.payload });
  const { position, window } = await takePosition(tx, conversation.conversationId, now, answers);
  const row = {
    id: newId(),
    ...conversation,
    phoneNumberId: draft.phoneNumberId,
    clientId: ctx.principal.clientId,
    apiKeyId: ctx.principal.keyId,
    requestId: ctx.requestId,
    direction: "outbound" as const,
    type,
    status,
    content: payload,
    text: content.text ?? null,
    replyToWamid: content.replyToWamid ?? (await readReplyTo(tx, place, draft.replyTo)),
    idempotencyKey: draft.idempotencyKey ?? null,
    contentHash: draft.contentHash,
    namedRecipient: describeRecipient(draft.recipient),
    position,
    occurredAt: now,
    expiresAt: draft.expiresInSeconds ? new Date(now.getTime() + draft.expiresInSeconds * 1000) : null,
  };
  if (!(await insertMessage(tx, row))) return undefined;
  if (file) await insertFile(ctx, tx, file, { ...row, tool: draft.tool, now });
  return { ...row, ...window };
}

async function readReplyTo(
  tx: Transaction,
  place: ContentPlace,
  replyTo: string | undefined,
): Promise<string | null> {
  if (replyTo === undefined) return null;
  const target = await findTarget(tx, place, replyTo);
  if (target?.wamid) return target.wamid;
  throw new AppError("not_found", "There is no such message in this conversation.", {
    advice: "Quote a message of this conversation that Meta has taken; get_messages shows them.",
    details: { field: "reply_to" },
  });
}

async function describe(
  ctx: CallContext,
  tx: Transaction,
  message: Pick<EarlierMessage, "id" | "status" | "conversationId" | keyof WindowFacts>,
): Promise<QueuedMessage> {
  ctx.targets.conversationId = message.conversationId;
  ctx.targets.messageId = message.id;
  const approval = message.status === "held" ? await findApprovalOf(tx, message.id) : undefined;
  return {
    message_id: message.id,
    status: message.status,
    conversation_id: message.conversationId,
    window: readWindow(message, ctx.clock.now()),
    ...(approval ? { approval: { id: approval.id, expires_at: approval.expiresAt.toISOString() } } : {}),
  };
}

function conflict(): AppError {
  return new AppError("conflict", "This idempotency_key was used for another message.", {
    advice: "Use a new key for a new message; use the same key only to repeat the same call.",
    details: { field: "idempotency_key" },
  });
}
