import type { Json } from "#tests/helpers/server/webhook-bodies";
import type { EvalWorld } from "./world/open-eval-world";

/** What is known of the corpus when tools are called. */
export interface CallSubjects {
  readonly world: EvalWorld;
  readonly conversationIds: readonly string[];
  readonly contactIds: readonly string[];
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
  cancel_message: ({ world }) => [{ message_id: world.sentIds[0] }],
  get_messages: ({ conversationIds, contactIds }) => [
    { ...NUMBER, limit: 100 },
    { direction: "inbound" },
    ...conversationIds.map((conversation_id) => ({ conversation_id, limit: 100 })),
    ...contactIds.map((contact) => ({ contact, limit: 5 })),
  ],
  get_message_status: ({ world }) => world.sentIds.map((message_id) => ({ message_id })),
  wait_for_messages: ({ conversationIds }) => [
    { timeout_s: 0, limit: 100 },
    ...conversationIds.map((conversation_id) => ({ conversation_id, timeout_s: 0 })),
  ],
};

/** Tools whose call cannot succeed here, because WhatsApp has everything already. */
export const REFUSED = new Set(["cancel_message"]);
