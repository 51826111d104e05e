import { grantedNumbers, mayUseTool } from "../../auth/scopes";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { RESOURCE_TOOL } from "../resources/resource-tool";
import { readResourceUri } from "../resources/resource-uri";
import { findVisibleConversations } from "./store";

/** Those of the addresses that a key may read, in their order; one query for all of them. */
export async function findReadable(
  { database }: Pick<SystemContext, "database">,
  principal: Principal,
  uris: readonly string[],
): Promise<string[]> {
  if (!mayUseTool(principal, RESOURCE_TOOL)) return [];
  const granted = grantedNumbers(principal, RESOURCE_TOOL);
  const waIds = new Set(granted.map(({ waPhoneNumberId }) => waPhoneNumberId));
  const targets = uris.flatMap((uri) => {
    const target = readResourceUri(uri);
    return target ? [{ uri, target }] : [];
  });
  const ids = targets.flatMap(({ target }) =>
    target.kind === "conversation" ? [target.conversationId] : [],
  );
  const phoneNumberIds = granted.map(({ phoneNumberId }) => phoneNumberId);
  const visible = new Set(
    ids.length > 0 && phoneNumberIds.length > 0
      ? await database.asClient(principal.clientId, (tx) => findVisibleConversations(tx, ids, phoneNumberIds))
      : [],
  );
  return targets.flatMap(({ uri, target }) => {
    if (target.kind === "inbox") return [uri];
    const isReadable =
      target.kind === "number" ? waIds.has(target.waPhoneNumberId) : visible.has(target.conversationId);
    return isReadable ? [uri] : [];
  });
}
