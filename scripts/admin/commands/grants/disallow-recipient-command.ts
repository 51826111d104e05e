import { disallowRecipient } from "#server/utils/admin/grants/disallow-recipient";
import { defineCommand } from "../../define-command";
import { snakeKeys } from "../../snake-keys";
import { grantName } from "./grant-name";
import { recipient } from "./recipient";

/** `grants disallow` */
export const disallowRecipientCommand = defineCommand({
  description: "Take a person off the list of those whom a client may write to on a number.",
  args: { ...grantName, recipient },
  run: async ({ args, ctx }) => {
    const { client, number } = args;
    const removed = await disallowRecipient(ctx, { client, number, recipient: args.recipient });
    return { json: snakeKeys(removed), text: `Contact ${removed.contactId} is no longer on the list.` };
  },
});
