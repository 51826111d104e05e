import * as v from "valibot";
import { cancelMessage as cancel } from "../../messaging/sending/cancel-message";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const cancelMessage = defineTool({
  name: "cancel_message",
  title: "Cancel a message",
  description:
    "Cancel a message that this client sent and that has not left yet (queued or held). What WhatsApp has cannot be called back.",
  hints: { readOnly: false, destructive: true, idempotent: true, openWorld: false },
  input: v.strictObject({ message_id: fields.messageId }),
  output: v.object({
    message_id: v.string(),
    status: v.literal("cancelled"),
    may_have_arrived: v.pipe(v.boolean(), v.description("an earlier attempt had no clear end")),
  }),
  run: async (ctx, input) => ({ ...(await cancel(ctx, input.message_id)) }),
});
