import { grantedNumbers, mayUseTool } from "../../../auth/scopes";
import type { Principal } from "../../../auth/principal";
import type { SystemContext } from "../../../context";
import { RESOURCE_TOOL } from "../../resources/resource-tool";
import { readResourceUri, writeResourceUri } from "../../resources/resource-uri";
import { findNewestInbound, findNewestOfConversations, findNewestOfNumbers, readFeedBounds } from "./store";

/** When the feed has moved on by more than this, nobody counts what of it was whose. */
const LOOK_BACK_LIMIT = 50_000;

/**
 * What changed behind a place in the change feed, of what a session hears of: each address once, with its newest change, oldest
 * first. Everything, where the feed does not reach back that far.
 */
export async function findMissed(
  { database }: Pick<SystemContext, "database">,
  principal: Principal,
  uris: Iterable<string>,
  after: number,
): Promise<Map<string, number>> {
  const wanted = [...uris];
  if (wanted.length === 0 || !mayUseTool(principal, RESOURCE_TOOL)) return new Map();
  const { firstSeq, lastSeq } = await readFeedBounds(database.system);
  if (firstSeq > after + 1 || lastSeq < after || lastSeq - after > LOOK_BACK_LIMIT) {
    return new Map(wanted.map((uri) => [uri, after + 1]));
  }
  if (lastSeq === after) return new Map();
  const { phoneNumberIds, hasInbox, numbers, conversations } = sortOut(principal, wanted);
  if (phoneNumberIds.length === 0) return new Map();
  const found: [string, number | null | undefined][] = await database.asClient(
    principal.clientId,
    async (tx) => {
      const inbox = hasInbox ? await findNewestInbound(tx, after, phoneNumberIds) : undefined;
      const ofNumbers = numbers.size > 0 ? await findNewestOfNumbers(tx, after, [...numbers.keys()]) : [];
      const ofConversations =
        conversations.size > 0
          ? await findNewestOfConversations(tx, after, [...conversations.keys()], phoneNumberIds)
          : [];
      return [
        [writeResourceUri({ kind: "inbox" }), inbox],
        ...ofNumbers.map(({ id, seq }): [string, number | null] => [numbers.get(id) ?? "", seq]),
        ...ofConversations.map(({ id, seq }): [string, number | null] => [conversations.get(id) ?? "", seq]),
      ];
    },
  );
  const missed = found.flatMap(([uri, seq]): [string, number][] =>
    typeof seq === "number" ? [[uri, seq]] : [],
  );
  return new Map(missed.toSorted(([, a], [, b]) => a - b));
}

/** The addresses by our ids of what they name. */
function sortOut(principal: Principal, uris: readonly string[]) {
  const granted = grantedNumbers(principal, RESOURCE_TOOL);
  const numbers = new Map<string, string>();
  const conversations = new Map<string, string>();
  let hasInbox = false;
  for (const uri of uris) {
    const target = readResourceUri(uri);
    if (target?.kind === "inbox") hasInbox = true;
    if (target?.kind === "conversation") conversations.set(target.conversationId, uri);
    if (target?.kind !== "number") continue;
    const number = granted.find(({ waPhoneNumberId }) => waPhoneNumberId === target.waPhoneNumberId);
    if (number) numbers.set(number.phoneNumberId, uri);
  }
  const phoneNumberIds = granted.map(({ phoneNumberId }) => phoneNumberId);
  return { phoneNumberIds, hasInbox, numbers, conversations };
}
