import type { SystemContext } from "../context";
import { findNumber, touchNumber, type NumberRow } from "../messaging/conversations/store";
import { applyStatus } from "../messaging/receiving/apply-status";
import { receiveCall } from "../messaging/receiving/receive-call";
import { receiveEcho } from "../messaging/receiving/receive-echo";
import { receiveMessage } from "../messaging/receiving/receive-message";
import { receivePreference } from "../messaging/receiving/receive-preference";
import { readInboundMessage } from "../meta/inbound-message";
import { readMessageEcho } from "../meta/message-echo";
import { readStatusUpdate } from "../meta/status-update";
import { readTime } from "../meta/time";
import { readUserCall } from "../meta/user-call";
import { readUserPreference } from "../meta/user-preference";
import type { WebhookElement } from "../meta/webhook-elements";
import { heedAccountNews } from "./heed-account-news";
import { recordWebhookError } from "./record-webhook-error";
import type { InboxBody } from "./store";

/** One body being handled. */
export interface ElementWork {
  readonly ctx: SystemContext;
  readonly body: InboxBody;
  /** The numbers that were looked up already. */
  readonly numbers: Map<string, NumberRow | undefined>;
  /** Of each number, the time of the latest that this body tells. */
  readonly news: Map<string, Date>;
}

// A status finds its message at the second look at the latest; more would mean that something else is wrong.
const STATUS_TRIES = 3;

/**
 * Handles one element in a transaction of its own, so that a bad one cannot take its neighbours along.
 *
 * @returns why it could not be handled, without a word of it
 */
export async function processElement(
  work: ElementWork,
  element: WebhookElement,
): Promise<string | undefined> {
  // What nothing here acts on stays in the inbox as it came.
  if (element.kind === "other") {
    await heedAccountNews(work.ctx, work.body, element);
    return element.reason;
  }
  const number = await knowNumber(work, element);
  if (element.kind === "error") return recordWebhookError(work.ctx, work.body, element, number?.id);
  if (!number) return "the number is not one of this server's";
  const store = readElement(work, element, number);
  if (typeof store === "string") return store;
  await store();
  return undefined;
}

/** What to do about an element, or why nothing can be done. */
function readElement(
  { ctx, body: { receivedAt } }: ElementWork,
  element: WebhookElement,
  number: NumberRow,
): (() => Promise<void>) | string {
  const { asSystem } = ctx.database;
  const now = ctx.clock.now();
  switch (element.kind) {
    case "message": {
      const message = readInboundMessage(element, receivedAt);
      return typeof message === "string"
        ? message
        : () => asSystem((tx) => receiveMessage(tx, number, message, now));
    }
    case "echo": {
      const echo = readMessageEcho(element, receivedAt);
      return typeof echo === "string" ? echo : () => asSystem((tx) => receiveEcho(tx, number, echo, now));
    }
    case "preference": {
      const wish = readUserPreference(element, receivedAt);
      return typeof wish === "string" ? wish : () => asSystem((tx) => receivePreference(tx, number, wish));
    }
    case "call": {
      const call = readUserCall(element, receivedAt);
      if (typeof call === "string") return call;
      return async () => {
        if (call) await asSystem((tx) => receiveCall(tx, number, call));
      };
    }
    default: {
      const update = readStatusUpdate(element, receivedAt);
      if (typeof update === "string") return update;
      return async () => {
        for (let tries = 1; tries <= STATUS_TRIES; tries += 1) {
          if (await asSystem((tx) => applyStatus(tx, number.id, update, now))) return;
        }
        throw new Error("a status did not find the message that became known");
      };
    }
  }
}

async function knowNumber(
  work: ElementWork,
  { phoneNumberId, wabaId, raw }: WebhookElement,
): Promise<NumberRow | undefined> {
  const { ctx, body, numbers } = work;
  const key = phoneNumberId ?? `waba:${wabaId}`;
  if (!numbers.has(key)) numbers.set(key, await findNumber(ctx.database.system, phoneNumberId, wabaId));
  const number = numbers.get(key);
  if (number) await noteNews(work, number.id, readTime(raw.timestamp, body.receivedAt));
  return number;
}

// By the time of what is told and not by that of its arrival: after a crash Meta tells again what is long past, which says
// nothing of whether it also tells what has happened since.
async function noteNews({ ctx, news }: ElementWork, phoneNumberId: string, at: Date): Promise<void> {
  const known = news.get(phoneNumberId);
  if (known && known >= at) return;
  news.set(phoneNumberId, at);
  await touchNumber(ctx.database.system, phoneNumberId, at);
}
