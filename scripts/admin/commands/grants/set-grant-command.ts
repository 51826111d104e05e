import { changeGrant } from "#server/utils/admin/grants/change-grant";
import { defineCommand } from "../../define-command";
import { grantName } from "./grant-name";
import { grantTerms } from "./grant-terms";

/** `grants set` */
export const setGrantCommand = defineCommand({
  description: "Change a grant: what is named, and nothing else.",
  args: { ...grantName, ...grantTerms.args },
  run: async ({ args, ctx }) => {
    const { client, number } = args;
    const id = await changeGrant(ctx, { client, number, ...grantTerms.read(args) });
    return { json: { id }, text: `Changed what client ${client} may do on number ${number} (grant ${id}).` };
  },
});
