import { asText, storable, type JsonObject } from "./json";
import { readMessageWords } from "./message-words";
import type { PersonAlias } from "./person-alias";
import { readAliases } from "./read-aliases";
import { readSubject } from "./read-subject";
import { readTime } from "./time";
import type { WebhookElement } from "./webhook-elements";

/** A message that the business wrote elsewhere: in the WhatsApp Business app, or through another agent. */
export interface MessageEcho {
  readonly wamid: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** The recipient's identities, best first. */
  readonly aliases: readonly PersonAlias[];
  readonly text: string | undefined;
  readonly content: JsonObject;
  readonly replyToWamid: string | undefined;
}

/**
 * Reads one element of `message_echoes[]`.
 *
 * @returns the message, or the reason why it is none
 */
export function readMessageEcho(element: WebhookElement, receivedAt: Date): MessageEcho | string {
  const raw = storable(element.raw);
  const contact = storable(element.contact ?? {});
  const wamid = asText(raw.id);
  if (!wamid) return "the message has no id";
  const aliases = readAliases(
    asText(raw.to) ?? contact.wa_id,
    asText(raw.to_user_id) ?? contact.user_id,
    asText(raw.to_parent_user_id) ?? contact.parent_user_id,
  );
  if (aliases.length === 0) return "the message names no recipient";
  return {
    wamid,
    type: asText(raw.type) ?? "unknown",
    occurredAt: readTime(raw.timestamp, receivedAt),
    aliases,
    text: readMessageWords(raw),
    content: raw,
    replyToWamid: readSubject(raw),
  };
}
