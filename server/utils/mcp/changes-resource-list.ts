import { grantedNumbers, mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import type { ConversationNews } from "../context";
import { RESOURCE_TOOL } from "./resources/resource-tool";

/**
 * Whether `resources/list` of a key is another after this: on a granted number with visibility `all`, or when the
 * conversation is, or was, its client's own.
 *
 * @param news undefined when some may have been missed; then it may be another
 */
export function changesResourceList(principal: Principal, news: ConversationNews | undefined): boolean {
  if (!mayUseTool(principal, RESOURCE_TOOL)) return false;
  if (!news) return true;
  const grant = grantedNumbers(principal, RESOURCE_TOOL).find(
    (number) => number.phoneNumberId === news.phoneNumberId,
  );
  if (!grant) return false;
  return (
    grant.visibility === "all" ||
    news.ownerClientId === principal.clientId ||
    news.formerClientId === principal.clientId
  );
}
