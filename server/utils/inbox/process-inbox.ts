import type { SystemContext } from "../context";
import { isDataError } from "../is-data-error";
import { toAppError } from "../errors";
import { describeError } from "../log";
import { readInboundMessage } from "../meta/inbound-message";
import { readStatusUpdate } from "../meta/status-update";
import { readWebhookElements, type WebhookElement } from "../meta/webhook-elements";
import { findNumber, touchNumber, type NumberRow } from "../messaging/conversations/store";
import { applyStatus } from "../messaging/receiving/apply-status";
import { receiveMessage } from "../messaging/receiving/receive-message";
import { claimInboxBodies, finishInboxBody, releaseInboxBodies, type InboxBody } from "./store";

// Short, so that a crash delays what it held by little. When a long body outlives it, another process begins it
// too, and both find each element stored.
const LEASE_MS = 15_000;
// A crash holds back what was claimed: few bodies at a time.
const CLAIM_LIMIT = 10;

// How often a body is tried whose trouble lies in the database and not in the data.
const ATTEMPT_LIMIT = 20;

/** An element that could not be handled: where it stands and why, without a word of it. */
interface DeadLetter {
  readonly path: string;
  readonly reason: string;
}

/** One body being handled. */
interface Work {
  readonly ctx: SystemContext;
  readonly body: InboxBody;
  /** The numbers that were looked up already. */
  readonly numbers: Map<string, NumberRow | undefined>;
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
  for (const [index, body] of bodies.entries()) {
    try {
      const deadLetters = await processBody({ ctx, body, numbers: new Map() });
      const error = deadLetters.length > 0 ? { dead_letters: deadLetters } : undefined;
      await finishInboxBody(ctx.database.system, body.id, ctx.clock.now(), error);
    } catch (error) {
      // Those behind it too: whoever comes next need not wait for the lease.
      const unhandledIds = bodies.slice(index).map(({ id }) => id);
      await releaseInboxBodies(ctx.database.system, unhandledIds).catch(() => {});
      throw error;
    }
  }
  // A status may have cleared the way for a send.
  if (bodies.length > 0) ctx.wakeRelay();
  return bodies.length;
}

/** Handles a body's elements, each by itself. Throws at the end when some of them must be tried again. */
async function processBody(work: Work): Promise<DeadLetter[]> {
  const json = parseBody(work.body.body);
  if (json === undefined) return [{ path: "", reason: "the body is not JSON" }];
  const deadLetters: DeadLetter[] = [];
  let tryAgain: unknown;
  for (const element of readWebhookElements(json)) {
    try {
      const reason = await processElement(work, element);
      if (reason) deadLetters.push({ path: element.path, reason });
    } catch (error) {
      // The database is away: the next element would fail too.
      if (toAppError(error).retryable) throw error;
      work.ctx.log.warn("an inbox element could not be stored:", describeError(error));
      if (isDataError(error) || work.body.attempts >= ATTEMPT_LIMIT) {
        deadLetters.push({ path: element.path, reason: "it could not be stored" });
      } else tryAgain = error;
    }
  }
  if (tryAgain) throw tryAgain;
  return deadLetters;
}

/** Handles one element in a transaction of its own, so that a bad one cannot take its neighbours along. */
async function processElement(work: Work, element: WebhookElement): Promise<string | undefined> {
  const { ctx, body } = work;
  // Fields that nothing here acts on stay in the inbox as they came.
  if (element.kind === "other") return undefined;
  const number = await knowNumber(work, element);
  if (!number) return "the number is not one of this server's";
  if (element.kind === "message") {
    const message = readInboundMessage(element, body.receivedAt);
    if (typeof message === "string") return message;
    await ctx.database.asSystem((tx) => receiveMessage(tx, number, message));
  } else {
    const update = readStatusUpdate(element, body.receivedAt);
    if (typeof update === "string") return update;
    await ctx.database.asSystem((tx) => applyStatus(tx, number.id, update, ctx.clock.now()));
  }
  return undefined;
}

async function knowNumber(
  { ctx, body, numbers }: Work,
  element: WebhookElement,
): Promise<NumberRow | undefined> {
  const id = element.phoneNumberId;
  if (!id) return undefined;
  if (!numbers.has(id)) {
    const number = await findNumber(ctx.database.system, id);
    numbers.set(id, number);
    if (number) await touchNumber(ctx.database.system, number.id, body.receivedAt);
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
