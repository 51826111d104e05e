import type { Transaction } from "#db/client";
import type { NumberGrant } from "../../../auth/principal";
import { grantedNumbers, requireNumber } from "../../../auth/scopes";
import type { CallContext } from "../../../context";
import { countFitting } from "../../count-fitting";
import { readPageCursor, writePageCursor } from "../../page-cursor";
import { readMessages } from "../../reading/store";
import { viewConversation, type ConversationView } from "./conversation-view";
import { listActiveConversations as listOfNumber, type VisibleConversation } from "./store";

export interface ListActiveConversationsInput {
  readonly waPhoneNumberId: string | undefined;
  readonly isUnread: boolean;
  readonly since: Date | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface ConversationPage {
  readonly conversations: ConversationView[];
  readonly next_cursor: string | null;
}

const TOOL = "list_conversations";

/**
 * The conversations in which something was written, the newest first. One that goes on while somebody pages moves to the front,
 * and is not missed by whoever begins again.
 *
 * @throws AppError `not_found` for a number that is not the caller's, `invalid_arguments` for a cursor that is none
 */
export async function listActiveConversations(
  ctx: CallContext,
  input: ListActiveConversationsInput,
): Promise<ConversationPage> {
  const numbers = input.waPhoneNumberId
    ? [requireNumber(ctx.principal, TOOL, input.waPhoneNumberId)]
    : grantedNumbers(ctx.principal, TOOL);
  const after = input.cursor === undefined ? undefined : readPageCursor(input.cursor);
  return ctx.transact(async (tx) => {
    const filter = { ...input, after, limit: input.limit + 1 };
    const found = await findNewest(tx, numbers, ctx.principal.clientId, filter);
    const lastIds = found.flatMap(({ lastMessageId }) => lastMessageId ?? []);
    const last = new Map((await readMessages(tx, lastIds)).map((message) => [message.id, message]));
    const views = found
      .slice(0, input.limit)
      .map((one) =>
        viewConversation(one, last.get(one.lastMessageId ?? ""), ctx.principal.clientId, ctx.clock.now()),
      );
    const page = views.slice(0, countFitting(views));
    const end = page.length < found.length ? found[page.length - 1] : undefined;
    return {
      conversations: page,
      next_cursor: end ? writePageCursor({ rank: timeOf(end), id: end.id }) : null,
    };
  });
}

type Filter = Omit<Parameters<typeof listOfNumber>[1], "phoneNumberId" | "ownerClientId">;

// Number by number, each by its index, and of those the newest.
async function findNewest(
  tx: Transaction,
  numbers: readonly NumberGrant[],
  clientId: string,
  filter: Filter,
): Promise<VisibleConversation[]> {
  const found: VisibleConversation[] = [];
  for (const { phoneNumberId, visibility } of numbers) {
    const ownerClientId = visibility === "own" ? clientId : undefined;
    found.push(...(await listOfNumber(tx, { ...filter, phoneNumberId, ownerClientId })));
  }
  return found.toSorted((a, b) => timeOf(b) - timeOf(a) || (a.id < b.id ? 1 : -1)).slice(0, filter.limit);
}

const timeOf = ({ lastMessageAt }: VisibleConversation): number => lastMessageAt?.getTime() ?? 0;
