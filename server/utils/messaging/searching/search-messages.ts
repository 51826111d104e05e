import type { Transaction } from "#db/client";
import { grantedNumbers, requireNumber } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { findVisibleContact } from "../conversations/contacts/store";
import { countFitting } from "../count-fitting";
import { viewMessage, type MessageView } from "../message-view";
import { notFound } from "../not-found";
import { readPageCursor, writePageCursor } from "../page-cursor";
import { isConversationVisible, readMessages } from "../reading/store";
import { readRecipient } from "../recipient";
import { createTurnstile } from "./create-turnstile";
import { readSearchTerms } from "./read-search-terms";
import { findMessages, type SearchHit } from "./store";

export interface SearchMessagesInput {
  /** Words that must all be there; what stands in quotes is a phrase. */
  readonly query: string;
  readonly conversationId: string | undefined;
  /** A phone number, wa_id, BSUID or contact id. */
  readonly contact: string | undefined;
  readonly waPhoneNumberId: string | undefined;
  readonly direction: "inbound" | "outbound" | undefined;
  readonly type: string | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface FoundPage {
  readonly messages: MessageView[];
  readonly next_cursor: string | null;
}

const TOOL = "search_messages";

// Of this process: each search may keep a processor of the database, and a connection of all clients', for its whole time.
const turnstile = createTurnstile({ atOnce: 3, atOncePerClient: 2, waitingPerClient: 20, waitMs: 5_000 });

/**
 * Finds messages by their words: those that hold them as whole words first, then those that hold them as parts of words, each
 * the newest first. Case and accents do not count.
 *
 * @throws AppError `not_found` for a number, conversation or contact that is not the caller's, `invalid_arguments` for a
 * cursor that is none and for a search that takes too long, `rate_limited` for too many at once
 */
export async function searchMessages(ctx: CallContext, input: SearchMessagesInput): Promise<FoundPage> {
  const { waPhoneNumberId, conversationId } = input;
  const numbers = waPhoneNumberId
    ? [requireNumber(ctx.principal, TOOL, waPhoneNumberId)]
    : grantedNumbers(ctx.principal, TOOL);
  const phoneNumberIds = numbers.map((number) => number.phoneNumberId);
  const recipient = input.contact === undefined ? undefined : readRecipient(input.contact, "contact");
  const after = input.cursor === undefined ? undefined : readHit(input.cursor);
  const terms = readSearchTerms(input.query);
  if (conversationId) ctx.targets.conversationId = conversationId;

  const search = async (tx: Transaction): Promise<FoundPage> => {
    if (conversationId && !(await isConversationVisible(tx, conversationId, phoneNumberIds))) {
      throw notFound("conversation_id");
    }
    const contactId = recipient && (await findVisibleContact(tx, recipient, phoneNumberIds));
    if (recipient && !contactId) throw notFound("contact");
    if (terms.length === 0 || phoneNumberIds.length === 0) return { messages: [], next_cursor: null };
    const limit = input.limit + 1;
    const hits = await findMessages(tx, { ...input, terms, phoneNumberIds, contactId, after, limit });
    const rows = await readMessages(
      tx,
      hits.map(({ messageId }) => messageId),
    );
    const views = new Map(rows.map((row) => [row.id, viewMessage(row)]));
    return cutPage(hits, views, input.limit);
  };
  return turnstile.pass(ctx.principal.clientId, ctx.signal, () => ctx.transact(search));
}

function cutPage(
  hits: readonly SearchHit[],
  views: ReadonlyMap<string, MessageView>,
  limit: number,
): FoundPage {
  const messages = hits.slice(0, limit).flatMap(({ messageId }) => views.get(messageId) ?? []);
  const page = messages.slice(0, countFitting(messages));
  const isAll = page.length === messages.length && hits.length <= limit;
  const lastId = page.length === messages.length ? hits[limit - 1]?.messageId : page.at(-1)?.id;
  const last = isAll ? undefined : hits.find(({ messageId }) => messageId === lastId);
  return {
    messages: page,
    next_cursor: last ? writePageCursor({ rank: last.isWhole ? 1 : 0, id: last.messageId }) : null,
  };
}

function readHit(cursor: string): SearchHit {
  const { rank, id } = readPageCursor(cursor);
  return { isWhole: rank === 1, messageId: id };
}
