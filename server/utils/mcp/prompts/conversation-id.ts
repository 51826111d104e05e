import * as v from "valibot";

/** The argument of a prompt that is about one conversation. */
export const conversationId = v.pipe(
  v.string(),
  v.uuid("must be a conversation_id"),
  v.description("The conversation, by its conversation_id"),
);
