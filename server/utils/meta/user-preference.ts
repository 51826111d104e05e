import { asText, storable, type JsonObject } from "./json";
import type { PersonAlias } from "./person-alias";
import { readAliases } from "./read-aliases";
import { readTime } from "./time";
import type { WebhookElement } from "./webhook-elements";

/** A person's wish about what the business sends, such as no more marketing. */
export interface UserPreference {
  readonly aliases: readonly PersonAlias[];
  readonly occurredAt: Date;
  /** In the shape of a message. */
  readonly content: JsonObject;
  /** The same for every delivery of the same wish: Meta gives it no id. */
  readonly dedupeKey: string;
}

/**
 * Reads one element of `user_preferences[]`.
 *
 * @returns the wish, or the reason why it is none
 */
export function readUserPreference(element: WebhookElement, receivedAt: Date): UserPreference | string {
  const raw = storable(element.raw);
  const contact = storable(element.contact ?? {});
  const aliases = readAliases(
    asText(raw.wa_id) ?? contact.wa_id,
    asText(raw.user_id) ?? contact.user_id,
    asText(raw.parent_user_id) ?? contact.parent_user_id,
  );
  const [person] = aliases;
  if (!person) return "the preference names nobody";
  const said = [raw.category, raw.value, raw.timestamp].map((part) => asText(part) ?? "");
  return {
    aliases,
    occurredAt: readTime(raw.timestamp, receivedAt),
    content: { type: "user_preferences", user_preferences: raw },
    dedupeKey: [person.value, ...said].join("|"),
  };
}
