import * as v from "valibot";
import { getMessageStatus as readMessageStatus } from "../../messaging/reading/get-message-status";
import { defineTool } from "../define-tool";
import { fields } from "../fields";
import { StatusHistorySchema } from "../status-history-schema";

export const getMessageStatus = defineTool({
  name: "get_message_status",
  title: "Get a message's status",
  description:
    "Where a sent message stands (queued, sending, accepted, sent, delivered, read, played; held, failed, expired, unknown, cancelled) and its history.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({ message_id: fields.messageId }),
  output: v.object({
    status: v.string(),
    history: StatusHistorySchema,
  }),
  run: async (ctx, input) => ({ ...(await readMessageStatus(ctx, input.message_id)) }),
});
