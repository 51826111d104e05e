import { writePageCursor } from "#server/utils/messaging/page-cursor";
import type { RowSamples, SampledMessage } from "./sample-rows";

/** One way of asking, again and again about something else. */
export interface ReadKind {
  readonly name: string;
  readonly tool: string;
  /** The arguments of the n-th call. */
  ask(n: number): Readonly<Record<string, unknown>>;
}

// Nobody writes it, and it has no trigram.
const SHORT_ABSENT = ["qx", "zq", "jq", "vq", "xq"];
const SHORT_FOUND = ["hi", "no", "or", "pe", "mi"];
// Before all ids of the same time.
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** All kinds of one reader. */
export function describeReadKinds(samples: RowSamples): ReadKind[] {
  const { messages, orders, activityMs, middle, common, absent } = samples;
  const message = (n: number): SampledMessage => pick(messages, n);
  return [
    kind("get_messages", "newest page", () => ({})),
    kind("get_messages", "far back", (n) => ({ cursor: message(n).id })),
    kind("get_messages", "of a conversation, newest", (n) => ({
      conversation_id: message(n).conversationId,
    })),
    kind("get_messages", "of a conversation, far back", (n) => ({
      conversation_id: message(n).conversationId,
      cursor: message(n).id,
    })),
    kind("list_conversations", "newest page", () => ({})),
    kind("list_conversations", "later page", (n) => ({
      cursor: writePageCursor({ rank: pick(activityMs, n), id: LAST_ID }),
    })),
    kind("search_messages", "word of one message", (n) => ({ query: pick(orders, n) })),
    kind("search_messages", "word of one message in a thousand", (n) => ({ query: pick(middle, n) })),
    kind("search_messages", "common word", (n) => ({ query: pick(common, n) })),
    kind("search_messages", "two words", (n) => ({ query: `${pick(common, n)} ${pick(middle, n)}` })),
    kind("search_messages", "two common words", (n) => ({
      query: `${pick(common, n)} ${pick(common, n + 5)}`,
    })),
    kind("search_messages", "word that is not there", (n) => ({ query: pick(absent, n) })),
    kind("search_messages", "part of a word", (n) => ({ query: pick(middle, n).slice(1) })),
    kind("search_messages", "two letters", (n) => ({ query: pick(SHORT_FOUND, n) })),
    kind("search_messages", "two letters that are not there", (n) => ({ query: pick(SHORT_ABSENT, n) })),
    kind("search_messages", "common word of a conversation", (n) => ({
      query: pick(common, n),
      conversation_id: message(n).conversationId,
    })),
    kind("search_messages", "rare word of a conversation", (n) => ({
      query: pick(middle, n),
      conversation_id: message(n).conversationId,
    })),
  ];
}

function kind(tool: string, what: string, ask: ReadKind["ask"]): ReadKind {
  return { name: `${tool}, ${what}`, tool, ask };
}

function pick<T>(values: readonly T[], n: number): T {
  const value = values[n % values.length];
  if (value === undefined) throw new Error("there is nothing to ask about");
  return value;
}
