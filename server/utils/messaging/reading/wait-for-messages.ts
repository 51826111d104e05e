import { maySeeChange } from "../../auth/may-see-change";
import { grantedNumbers, requireNumber } from "../../auth/scopes";
import { createWakeup, WAITERS_PER_KEY, type Wakeup } from "../../changes/create-wakeup";
import { readLastSeq } from "../../changes/store";
import type { CallContext, Change } from "../../context";
import { AppError } from "../../errors";
import { countFitting } from "../count-fitting";
import { viewMessage, type MessageView } from "../message-view";
import type { ArrivalKind } from "./arrivals/arrival-kind";
import { listArrivals, type ArrivalFilter } from "./arrivals/store";
import type { Bookmark } from "./bookmarks/bookmark";
import { createBookmarkSeal, type BookmarkSeal } from "./bookmarks/create-bookmark-seal";
import { moveBookmark } from "./bookmarks/move-bookmark";
import { reportWaiting } from "./report-waiting";
import { isConversationVisible } from "./store";

export interface WaitForMessagesInput {
  /** From the call before, or `now` to begin with what comes next. */
  readonly cursor: string | undefined;
  readonly timeoutSeconds: number;
  readonly waPhoneNumberId: string | undefined;
  readonly conversationId: string | undefined;
  /** What to wait for besides messages from people. */
  readonly include: readonly ArrivalKind[];
  readonly limit: number;
}

export interface Arrivals {
  readonly messages: MessageView[];
  readonly cursor: string;
  /** Set when the next call returns at once, because not everything had room. */
  readonly more?: true;
}

const TOOL = "wait_for_messages";

/**
 * Waits for messages from people, and for what else was asked for. With a cursor: for what happened after it. Without: whatever
 * is unread, or the next that comes. Returns at once when there is something.
 *
 * No message from a person is ever skipped between two calls, because the feed's numbers are given out in the order of commits,
 * and because a cursor knows what its filter, a number or a conversation, left out: with another one that comes first. With one
 * filter, or one and none in turn, none comes twice either. What `include` adds is heard from where the reading stands.
 *
 * @throws AppError `not_found` for a number or conversation that is not the caller's
 * @throws AppError `rate_limited` when as many calls of the key are waiting as may
 */
export async function waitForMessages(ctx: CallContext, input: WaitForMessagesInput): Promise<Arrivals> {
  const filter = await readFilter(ctx, input);
  const { current, previous } = ctx.config.apiKeyPeppers;
  const seal = createBookmarkSeal(ctx.principal.clientId, current.secret, previous?.secret);
  const start = readStart(input.cursor, seal);
  // Armed before the look, so that nothing falls in between.
  const wakeup = input.timeoutSeconds > 0 ? requireWakeup(ctx, filter, input.timeoutSeconds) : undefined;
  try {
    const first = await look(ctx, filter, start, input.limit);
    const found =
      wakeup && first.messages.length === 0 ? await waitOn(ctx, input, filter, first, wakeup) : first;
    const { messages, bookmark, hasMore } = found;
    return { messages, cursor: seal.seal(bookmark), ...(hasMore ? { more: true } : {}) };
  } finally {
    wakeup?.end();
  }
}

/** Where a reading begins: at a bookmark, or at the end of the feed, with or without what is unread. */
type Start = Bookmark | "unread" | "now";

function readStart(cursor: string | undefined, seal: BookmarkSeal): Start {
  if (cursor === undefined) return "unread";
  return cursor === "now" ? "now" : seal.open(cursor);
}

/** What a look found, and where to go on from. */
interface Found {
  readonly messages: MessageView[];
  readonly bookmark: Bookmark;
  readonly hasMore: boolean;
}

async function waitOn(
  ctx: CallContext,
  { limit, timeoutSeconds }: WaitForMessagesInput,
  filter: ArrivalFilter,
  first: Found,
  wakeup: Wakeup,
): Promise<Found> {
  const stopReporting = reportWaiting(ctx, timeoutSeconds);
  try {
    let found = first;
    while (found.messages.length === 0) {
      const reason = await wakeup.next();
      if (reason === "gone") return found;
      found = await look(ctx, filter, found.bookmark, limit);
      if (reason === "late") return found;
    }
    return found;
  } finally {
    stopReporting();
  }
}

async function readFilter(ctx: CallContext, input: WaitForMessagesInput): Promise<ArrivalFilter> {
  const { conversationId } = input;
  const granted = grantedNumbers(ctx.principal, TOOL);
  const numbers = input.waPhoneNumberId
    ? [requireNumber(ctx.principal, TOOL, input.waPhoneNumberId)]
    : granted;
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
  const scopeId = conversationId ?? (numbers.length < granted.length ? phoneNumberIds[0] : undefined);
  return { phoneNumberIds, conversationId, scopeId, kinds: ["inbound", ...input.include] };
}

async function look(ctx: CallContext, filter: ArrivalFilter, start: Start, limit: number): Promise<Found> {
  return ctx.read(async (tx) => {
    // First, so that nothing that commits between the two statements is passed over.
    const lastSeq = await readLastSeq(tx);
    const bookmark = typeof start === "string" ? { seq: lastSeq, withUnread: start === "unread" } : start;
    const from = goOn(bookmark, filter.scopeId);
    // One more than is returned: whether there is more.
    const found = await listArrivals(tx, filter, from, limit + 1);
    const messages = found.slice(0, limit).map(viewMessage);
    const count = countFitting(messages);
    const hasMore = count < found.length;
    const end = Math.max(found[0]?.lastSeq ?? lastSeq, from.seq);
    // When there is more, the next call goes on right behind the last one returned.
    const upTo = (hasMore ? found[count - 1]?.seq : undefined) ?? end;
    return {
      messages: messages.slice(0, count),
      bookmark: moveBookmark(bookmark, filter.scopeId, upTo),
      hasMore,
    };
  });
}

/** Where to read on with a filter: behind what it returned, when the bookmark is its own. */
function goOn(bookmark: Bookmark, scopeId: string | undefined): Bookmark {
  const { ahead } = bookmark;
  return ahead && ahead.scopeId === scopeId ? { seq: ahead.seq, withUnread: false } : bookmark;
}

function requireWakeup(ctx: CallContext, filter: ArrivalFilter, timeoutSeconds: number): Wakeup {
  const { phoneNumberIds, conversationId, kinds } = filter;
  const { principal, changes, signal } = ctx;
  const wakeup = createWakeup({
    changes,
    keyId: principal.keyId,
    ids: conversationId ? [conversationId] : phoneNumberIds,
    // Not only for the work it saves: a query that another client's message sets off could be measured.
    concerns: (change) =>
      kinds.some((kind) => kind === kindOf(change)) &&
      phoneNumberIds.includes(change.phoneNumberId) &&
      maySeeChange(principal, change, TOOL),
    signal,
    timeoutMs: timeoutSeconds * 1000,
  });
  if (wakeup) return wakeup;
  throw new AppError("rate_limited", "As many calls of this key are waiting as may.", {
    advice: "One call hears everything this key may see: let others end, or look with timeout_s 0.",
    retryAfterSeconds: 5,
    details: { limit: WAITERS_PER_KEY },
  });
}

// The status of an inbound message is a setting of ours, or tells of a quiet one: nobody waits for it.
function kindOf({ kind, direction }: Change): ArrivalKind | undefined {
  if (kind === "message") return direction;
  return direction === "outbound" ? "statuses" : undefined;
}
