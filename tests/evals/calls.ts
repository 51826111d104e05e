import type { Json } from "#tests/helpers/server/webhook-bodies";
import { TEMPLATE, type EvalWorld } from "./world/open-eval-world";

/** What is known of the corpus when tools are called. */
export interface CallSubjects {
  readonly world: EvalWorld;
  readonly conversationIds: readonly string[];
  readonly contactIds: readonly string[];
  /** A message that can be reacted to, and who wrote it. */
  readonly answerable: { readonly id: string; readonly contactId: string };
}

type Calls = (subjects: CallSubjects) => readonly Json[];

const NUMBER = { phone_number_id: "101" };
let sends = 0;
const send = (): Json => ({ ...NUMBER, to: `+1650555${8000 + (sends += 1)}`, body: "our words" });

/**
 * With which arguments each tool is called so that it succeeds and gives all that it can give. The first are also what
 * hostile arguments are put into. A tool that is not here fails the suite.
 */
export const CALLS: Readonly<Record<string, Calls>> = {
  ping: () => [{}],
  list_numbers: () => [{}],
  send_message: ({ contactIds }) => [
    send(),
    ...contactIds.map((to) => ({ ...NUMBER, to, body: "our words" })),
  ],
  send_media: ({ contactIds: [to], world }) => [
    { ...NUMBER, to, type: "image", media_id: world.fileIds[0], caption: "our words" },
    { ...NUMBER, to, type: "document", url: "https://example.com/a.pdf", filename: "ours.pdf" },
  ],
  send_interactive: ({ contactIds: [to] }) => [
    { ...NUMBER, to, type: "buttons", body: "our words", buttons: [{ id: "1", title: "Yes" }] },
  ],
  send_template: ({ contactIds: [to] }) => [
    { ...NUMBER, to, name: TEMPLATE, language: "en", body: ["our words"] },
  ],
  list_templates: () => [NUMBER],
  send_location: ({ contactIds: [to] }) => [{ ...NUMBER, to, latitude: 1, longitude: 2, name: "ours" }],
  send_contacts: ({ contactIds: [to] }) => [
    { ...NUMBER, to, contacts: [{ name: { formatted_name: "Ours" } }] },
  ],
  send_reaction: ({ answerable: { id, contactId: to } }) => [
    { ...NUMBER, to, message_id: id, emoji: "\u{1F44D}" },
  ],
  cancel_message: ({ world }) => [{ message_id: world.sentIds[0] }],
  get_messages: ({ conversationIds, contactIds }) => [
    { ...NUMBER, limit: 100 },
    { direction: "inbound" },
    ...conversationIds.map((conversation_id) => ({ conversation_id, limit: 100 })),
    ...contactIds.map((contact) => ({ contact, limit: 5 })),
  ],
  list_conversations: () => [{ limit: 100 }, NUMBER],
  get_conversation: ({ conversationIds }) => conversationIds.map((conversation_id) => ({ conversation_id })),
  search_messages: ({ conversationIds }) => [
    { query: "a", limit: 100 },
    { query: "ignore", limit: 100 },
    ...conversationIds.map((conversation_id) => ({ conversation_id, query: "e", limit: 100 })),
  ],
  mark_read: ({ conversationIds }) => conversationIds.map((conversation_id) => ({ conversation_id })),
  get_message_status: ({ world }) => world.sentIds.map((message_id) => ({ message_id })),
  get_media_url: ({ world }) => world.fileIds.map((media_id) => ({ media_id })),
  wait_for_messages: ({ conversationIds }) => [
    { timeout_s: 0, limit: 100 },
    ...conversationIds.map((conversation_id) => ({ conversation_id, timeout_s: 0 })),
  ],
};

/** Tools whose call cannot succeed here: WhatsApp has everything already. */
export const REFUSED = new Set(["cancel_message"]);
