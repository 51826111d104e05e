import { readIdentityChange } from "./identity-change";
import { asObject, asText, storable, type JsonObject } from "./json";
import { readMessageWords } from "./message-words";
import type { PersonAlias } from "./person-alias";
import { readAliases } from "./read-aliases";
import { readSubject } from "./read-subject";
import { readTime } from "./time";
import type { WebhookElement } from "./webhook-elements";

/** A message from a person, as far as Meta told it. */
export interface InboundMessage {
  readonly wamid: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** The author's identities, best first; before a change of identity the old ones. */
  readonly aliases: readonly PersonAlias[];
  /** By which names the author goes from now on, when that is what the message tells. */
  readonly newAliases: readonly PersonAlias[] | undefined;
  readonly profileName: string | undefined;
  readonly username: string | undefined;
  /** The words in it, where the type has words. */
  readonly text: string | undefined;
  /** The message as Meta sent it, storable. */
  readonly content: JsonObject;
  /** The message that it answers, reacts to, edits or takes back. */
  readonly replyToWamid: string | undefined;
  /** Whether another agent has the thread: the message is for information, not to be answered. */
  readonly isStandby: boolean;
}

/**
 * Reads one element of `messages[]`.
 *
 * @returns the message, or the reason why it is none
 */
export function readInboundMessage(element: WebhookElement, receivedAt: Date): InboundMessage | string {
  const raw = storable(element.raw);
  const contact = storable(element.contact ?? {});
  const wamid = asText(raw.id);
  if (!wamid) return "the message has no id";
  const change = readIdentityChange(raw);
  const aliases = change?.old ?? readAuthor(raw, contact);
  if (aliases.length === 0 && !change) return "the message names no author";
  const profile = asObject(contact.profile);
  return {
    wamid,
    type: asText(raw.type) ?? "unknown",
    occurredAt: readTime(raw.timestamp, receivedAt),
    aliases,
    newAliases: change?.new,
    profileName: asText(profile.name),
    username: asText(profile.username)?.replace(/^@/, ""),
    text: readMessageWords(raw),
    content: raw,
    replyToWamid: readSubject(raw),
    isStandby: element.isStandby,
  };
}

function readAuthor(raw: JsonObject, contact: JsonObject): PersonAlias[] {
  return readAliases(
    // A changed identity of older pages names the person only so.
    asText(raw.from) ?? asText(contact.wa_id) ?? asObject(raw.system).customer,
    asText(raw.from_user_id) ?? contact.user_id,
    asText(raw.from_parent_user_id) ?? contact.parent_user_id,
  );
}
