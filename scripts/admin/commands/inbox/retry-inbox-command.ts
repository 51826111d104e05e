import { retryDeadLetter } from "#server/utils/admin/inbox/retry-dead-letter";
import { defineCommand } from "../../define-command";

/** `inbox retry` */
export const retryInboxCommand = defineCommand({
  description: "Handle a webhook body once more, after what was wrong has been mended. Safe to repeat.",
  args: { id: { type: "positional", required: true, description: "Its id." } },
  run: async ({ args, ctx }) => {
    await retryDeadLetter(ctx, args.id);
    return { json: { id: args.id, state: "received" }, text: "It is handled again within seconds." };
  },
});
