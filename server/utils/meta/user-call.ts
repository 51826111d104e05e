import { asText, storable } from "./json";
import type { PersonAlias } from "./person-alias";
import { readAliases } from "./read-aliases";
import { readTime } from "./time";
import type { WebhookElement } from "./webhook-elements";

/** A person's call. Nobody answers it here, but it opens the 24-hour window. */
export interface UserCall {
  /** The caller's identities, best first. */
  readonly aliases: readonly PersonAlias[];
  readonly occurredAt: Date;
}

/**
 * Reads one element of `calls[]`.
 *
 * @returns undefined for other news of a call, such as its end, and for a call of the business; else the reason why it is none
 */
export function readUserCall(element: WebhookElement, receivedAt: Date): UserCall | string | undefined {
  const raw = storable(element.raw);
  const contact = storable(element.contact ?? {});
  if (raw.event !== "connect" || raw.direction !== "USER_INITIATED") return undefined;
  const aliases = readAliases(
    asText(raw.from) ?? contact.wa_id,
    asText(raw.from_user_id) ?? contact.user_id,
    asText(raw.from_parent_user_id) ?? contact.parent_user_id,
  );
  if (aliases.length === 0) return "the call names no caller";
  return { aliases, occurredAt: readTime(raw.timestamp, receivedAt) };
}
