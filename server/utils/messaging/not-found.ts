import { AppError } from "../errors";

const WHAT = {
  conversation_id: "conversation",
  contact: "contact",
  message_id: "message",
} as const;

/** What a key is told of an id that is not its own, or nobody's: which of the two, nobody is told. */
export function notFound(field: keyof typeof WHAT): AppError {
  return new AppError("not_found", `There is no such ${WHAT[field]} for this key.`, {
    advice: "Call list_conversations to see the conversations of this key.",
    details: { field },
  });
}
