import type { SystemContext } from "../context";
import { toAppError } from "../errors";
import { describeError } from "../log";
import { readInboundMessage } from "../meta/inbound-message";
import { readStatusUpdate } from "../meta/status-update";
import { readWebhookElements, type WebhookElement } from "../meta/webhook-elements";
import { findNumber, touchNumber, type NumberRow } from "../messaging/conversations/store";
import { applyStatus } from "../messaging/receiving/apply-status";
import { receiveMessage } from "../messaging/receiving/receive-message";
import { claimInboxBodies, finishInboxBody, releaseInboxBody, type InboxBody } from "./store";

// Short, so that a crash delays what it held by little. When a long body outlives it, another process begins it
// too, and both find each element stored.
const LEASE_MS = 15_000;
// A crash holds back what was claimed: few bodies at a time.
const CLAIM_LIMIT = 10;

/** An element that could not be handled: where it stands and why, without a word of it. */
interface DeadLetter {
  readonly path: string;
  readonly reason: string;
}

/**
 * Handles committed webhook bodies. Whoever claims a body first does the work, so it may be called twice, at
 * once and again: bodies that are claimed or done are passed over, and elements are stored once.
 *
 * @returns how many bodies this call handled
 */
export async function processInbox(ctx: SystemContext, inboxIds: readonly string[]): Promise<number> {
  let count = 0;
  for (let start = 0; start < inboxIds.length; start += CLAIM_LIMIT) {
    count += await processBatch(ctx, inboxIds.slice(start, start + CLAIM_LIMIT));
  }
  return count;
}

async function processBatch(ctx: SystemContext, inboxIds: readonly string[]): Promise<number> {
  const bodies = await claimInboxBodies(ctx.database.system, inboxIds, ctx.clock.now(), LEASE_MS);
  for (const body of bodies) {
    try {
      const deadLetters = await processBody(ctx, body);
      const error = deadLetters.length > 0 ? { dead_letters: deadLetters } : undefined;
      await finishInboxBody(ctx.database.system, body.id, ctx.clock.now(), error);
    } catch (error) {
      await releaseInboxBody(ctx.database.system, body.id).catch(() => {});
      throw error;
    }
  }
  // A status may have cleared the way for a send.
  if (bodies.length > 0) ctx.wakeRelay();
  return bodies.length;
}

async function processBody(ctx: SystemContext, body: InboxBody): Promise<DeadLetter[]> {
  const json = parseBody(body.body);
  if (json === undefined) return [{ path: "", reason: "the body is not JSON" }];
  const deadLetters: DeadLetter[] = [];
  const numbers = new Map<string, NumberRow | undefined>();
  for (const element of readWebhookElements(json)) {
    const reason = await processElement(ctx, element, body.receivedAt, numbers);
    if (reason) deadLetters.push({ path: element.path, reason });
  }
  return deadLetters;
}

/** Handles one element in a transaction of its own, so that a bad one cannot take its neighbours along. */
async function processElement(
  ctx: SystemContext,
  element: WebhookElement,
  receivedAt: Date,
  numbers: Map<string, NumberRow | undefined>,
): Promise<string | undefined> {
  // Fields that nothing here acts on stay in the inbox as they came.
  if (element.kind === "other") return undefined;
  try {
    const number = await knowNumber(ctx, element, receivedAt, numbers);
    if (!number) return "the number is not one of this server's";
    if (element.kind === "message") {
      const message = readInboundMessage(element, receivedAt);
      if (typeof message === "string") return message;
      await ctx.database.asSystem((tx) => receiveMessage(tx, number, message));
    } else {
      const update = readStatusUpdate(element, receivedAt);
      if (typeof update === "string") return update;
      await ctx.database.asSystem((tx) => applyStatus(tx, number.id, update, ctx.clock.now()));
    }
    return undefined;
  } catch (error) {
    // The database is away: the body is not bad, and Inngest or the sweep comes back to it.
    if (toAppError(error).retryable) throw error;
    ctx.log.warn("an inbox element became a dead letter:", describeError(error));
    return "it could not be stored";
  }
}

async function knowNumber(
  ctx: SystemContext,
  element: WebhookElement,
  receivedAt: Date,
  numbers: Map<string, NumberRow | undefined>,
): Promise<NumberRow | undefined> {
  const id = element.phoneNumberId;
  if (!id) return undefined;
  if (!numbers.has(id)) {
    const number = await findNumber(ctx.database.system, id);
    numbers.set(id, number);
    if (number) await touchNumber(ctx.database.system, number.id, receivedAt);
  }
  return numbers.get(id);
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
