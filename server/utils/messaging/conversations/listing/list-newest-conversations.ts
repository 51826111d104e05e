import { grantedNumbers } from "../../../auth/scopes";
import type { CallContext } from "../../../context";
import { describeReach } from "../../describe-reach";
import { listConversations, type ListedConversation } from "./store";

const TOOL = "get_messages";

export interface NewestConversationsInput {
  /** What their ids begin with. */
  readonly prefix?: string;
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** The conversations that a key can read, the one that began last first. Ids only grow, so paging misses none. */
export async function listNewestConversations(
  ctx: CallContext,
  { prefix = "", beforeId, limit }: NewestConversationsInput,
): Promise<ListedConversation[]> {
  const within = prefix === "" ? undefined : readPrefix(prefix.toLowerCase());
  if (within === null) return [];
  const numbers = grantedNumbers(ctx.principal, TOOL);
  const reach = describeReach(ctx.principal, numbers);
  return ctx.read((tx) => listConversations(tx, { ...reach, within, beforeId, limit }));
}

const FIRST = "00000000-0000-0000-0000-000000000000";
const LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// A range of ids uses the primary key, where text that begins alike would not. Null when no id begins so.
function readPrefix(prefix: string): { first: string; last: string } | null {
  const fits =
    prefix.length <= FIRST.length &&
    [...prefix].every((letter, place) => (FIRST[place] === "-" ? letter === "-" : /^[0-9a-f]$/.test(letter)));
  if (!fits) return null;
  return { first: prefix + FIRST.slice(prefix.length), last: prefix + LAST.slice(prefix.length) };
}
