import * as v from "valibot";
import { StatusHistorySchema } from "./status-history-schema";

/** What every send answers. */
export const SentMessageSchema = v.object({
  message_id: v.string(),
  status: v.string(),
  conversation_id: v.string(),
  window: v.object({ open: v.boolean(), closes_at: v.nullable(v.string()) }),
  approval: v.optional(v.object({ id: v.string(), expires_at: v.string() })),
  history: v.optional(v.pipe(StatusHistorySchema, v.description("with wait_for"))),
});
