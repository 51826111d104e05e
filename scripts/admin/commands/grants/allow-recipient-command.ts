import { allowRecipient } from "#server/utils/admin/grants/allow-recipient";
import { defineCommand } from "../../define-command";
import { snakeKeys } from "../../snake-keys";
import { grantName } from "./grant-name";
import { recipient } from "./recipient";

/** `grants allow` */
export const allowRecipientCommand = defineCommand({
  description: "Put a person on the list of those whom a client may write to on a number.",
  args: { ...grantName, recipient },
  run: async ({ args, ctx }) => {
    const { client, number } = args;
    const allowed = await allowRecipient(ctx, { client, number, recipient: args.recipient });
    const said = allowed.changed ? "is on the list now" : "was on the list before";
    const hint = allowed.isListUsed
      ? ""
      : ' The list decides nothing until "grants set --recipients allowlist" says so.';
    return { json: snakeKeys(allowed), text: `Contact ${allowed.contactId} ${said}.${hint}` };
  },
});
