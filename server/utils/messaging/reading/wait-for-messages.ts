import { maySeeChange } from "../../auth/may-see-change";
import { grantedNumbers, requireNumber } from "../../auth/scopes";
import type { CallContext, Change } from "../../context";
import { AppError } from "../../errors";
import { viewMessage, type MessageView } from "../message-view";
import { createCursorSeal } from "./create-cursor-seal";
import { listArrivals, listUnread, readLastSeq, type ArrivalFilter } from "./arrivals/store";
import { isConversationVisible } from "./store";

export interface WaitForMessagesInput {
  readonly cursor: string | undefined;
  readonly timeoutSeconds: number;
  readonly waPhoneNumberId: string | undefined;
  readonly conversationId: string | undefined;
  readonly limit: number;
}

export interface Arrivals {
  readonly messages: MessageView[];
  readonly cursor: string;
}

const TOOL = "wait_for_messages";

/**
 * Waits for messages from people. With a cursor: for what arrived after it. Without: whatever is unread, or
 * the next that comes. Returns at once when there is something, and nothing is ever skipped between two
 * calls, because the feed's numbers are given out in the order of commits.
 */
export async function waitForMessages(ctx: CallContext, input: WaitForMessagesInput): Promise<Arrivals> {
  const filter = await readFilter(ctx, input);
  const { current, previous } = ctx.config.apiKeyPeppers;
  const seal = createCursorSeal(ctx.principal.clientId, current.secret, previous?.secret);
  let position = input.cursor === undefined ? undefined : seal.open(input.cursor);
  const deadlineMs = ctx.clock.now().getTime() + input.timeoutSeconds * 1000;
  const signal = createSignal(ctx, filter);
  try {
    for (;;) {
      signal.reset();
      const found = await look(ctx, filter, position, input.limit);
      position = found.position;
      const remainingMs = deadlineMs - ctx.clock.now().getTime();
      if (found.messages.length > 0 || remainingMs <= 0 || ctx.signal.aborted) {
        return { messages: found.messages, cursor: seal.seal(position) };
      }
      await signal.wait(remainingMs);
    }
  } finally {
    signal.end();
  }
}

async function readFilter(ctx: CallContext, input: WaitForMessagesInput): Promise<ArrivalFilter> {
  const { conversationId } = input;
  const numbers = input.waPhoneNumberId
    ? [requireNumber(ctx.principal, TOOL, input.waPhoneNumberId)]
    : grantedNumbers(ctx.principal, TOOL);
  const phoneNumberIds = numbers.map((number) => number.phoneNumberId);
  const isKnown =
    phoneNumberIds.length > 0 &&
    (!conversationId || (await ctx.read((tx) => isConversationVisible(tx, conversationId, phoneNumberIds))));
  if (!isKnown) {
    throw new AppError("not_found", "There is no such conversation for this key.", {
      advice: "Leave conversation_id out to wait on all conversations of this key.",
      details: { field: conversationId ? "conversation_id" : "phone_number_id" },
    });
  }
  if (conversationId) ctx.targets.conversationId = conversationId;
  return { phoneNumberIds, conversationId };
}

async function look(
  ctx: CallContext,
  filter: ArrivalFilter,
  position: number | undefined,
  limit: number,
): Promise<{ messages: MessageView[]; position: number }> {
  return ctx.read(async (tx) => {
    // First, so that nothing that commits between the two statements is passed over.
    const upTo = await readLastSeq(tx);
    const found =
      position === undefined
        ? await listUnread(tx, filter, upTo, limit)
        : await listArrivals(tx, filter, position, upTo, limit);
    // When there may be more, the next call goes on right behind the last one returned.
    const last = found.length < limit ? undefined : found.at(-1)?.seq;
    return { messages: found.map(viewMessage), position: last ?? Math.max(upTo, position ?? 0) };
  });
}

/** Wakes up on a change that may concern the caller. Armed before the look, so that none falls in between. */
function createSignal(ctx: CallContext, filter: ArrivalFilter) {
  let isSet = false;
  let release = (): void => {};
  const set = (): void => {
    isSet = true;
    release();
  };
  const concerns = (change: Change): boolean =>
    change.kind === "message" &&
    change.direction === "inbound" &&
    filter.phoneNumberIds.includes(change.phoneNumberId) &&
    maySeeChange(ctx.principal, change, TOOL) &&
    (!filter.conversationId || filter.conversationId === change.conversationId);
  const unsubscribe = ctx.changes.subscribe((change) => {
    if (!change || concerns(change)) set();
  });
  ctx.signal.addEventListener("abort", set);
  return {
    reset: (): void => {
      isSet = false;
    },
    wait: (timeoutMs: number): Promise<void> =>
      new Promise((resolve) => {
        if (isSet) return resolve();
        const timer = setTimeout(resolve, timeoutMs);
        release = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: (): void => {
      unsubscribe();
      ctx.signal.removeEventListener("abort", set);
    },
  };
}
