import { asObject, asText, storable, type JsonObject } from "./json";
import { readTime } from "./time";
import type { WebhookElement } from "./webhook-elements";

/** A message from a person, as far as Meta told it. */
export interface InboundMessage {
  readonly wamid: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** The author's identities, best first. */
  readonly aliases: readonly { kind: "wa_id" | "bsuid" | "parent_bsuid"; value: string }[];
  readonly profileName: string | undefined;
  readonly username: string | undefined;
  /** The words in it, where the type has words. */
  readonly text: string | undefined;
  /** The message as Meta sent it, storable. */
  readonly content: JsonObject;
  readonly replyToWamid: string | undefined;
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
  const aliases = readAliases(raw, contact);
  if (aliases.length === 0) return "the message names no author";
  const profile = asObject(contact.profile);
  return {
    wamid,
    type: asText(raw.type) ?? "unknown",
    occurredAt: readTime(raw.timestamp, receivedAt),
    aliases,
    profileName: asText(profile.name),
    username: asText(profile.username)?.replace(/^@/, ""),
    text: asText(asObject(raw.text).body),
    content: raw,
    replyToWamid: asText(asObject(raw.context).id),
  };
}

// A phone may be hidden behind a username: then `from` and `wa_id` are missing or empty.
function readAliases(raw: JsonObject, contact: JsonObject): InboundMessage["aliases"] {
  const waId = asText(raw.from) ?? asText(contact.wa_id);
  const bsuid = asText(raw.from_user_id) ?? asText(contact.user_id);
  const parentBsuid = asText(raw.from_parent_user_id) ?? asText(contact.parent_user_id);
  return [
    ...(waId ? [{ kind: "wa_id" as const, value: waId }] : []),
    ...(bsuid ? [{ kind: "bsuid" as const, value: bsuid }] : []),
    ...(parentBsuid ? [{ kind: "parent_bsuid" as const, value: parentBsuid }] : []),
  ];
}
