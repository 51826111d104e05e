import { assignDefaultClient } from "#server/utils/admin/numbers/assign-default-client";
import { defineCommand } from "../../define-command";
import { snakeKeys } from "../../snake-keys";

/** `numbers assign-default` */
export const assignDefaultCommand = defineCommand({
  description: "Name the client that messages from people belong to whom nobody wrote to before.",
  args: {
    number: { type: "positional", required: true, description: "By Meta's id or ours." },
    client: { type: "positional", required: true, description: "Name or id; it must hold a grant." },
  },
  run: async ({ args, ctx }) => {
    const { number, client } = args;
    const assigned = await assignDefaultClient(ctx, { number, client });
    return {
      json: snakeKeys(assigned),
      text: `What strangers write to number ${assigned.waPhoneNumberId} belongs to client ${assigned.client} from now on.`,
    };
  },
});
