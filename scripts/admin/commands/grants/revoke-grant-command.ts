import { revokeGrant } from "#server/utils/admin/grants/revoke-grant";
import { defineCommand } from "../../define-command";
import { grantName } from "./grant-name";

/** `grants revoke` */
export const revokeGrantCommand = defineCommand({
  description: "End a client's use of a number at once, and forget its list of recipients.",
  args: grantName,
  run: async ({ args, ctx }) => {
    const { client, number } = args;
    const { id, isDefaultClient } = await revokeGrant(ctx, { client, number });
    const warning = isDefaultClient
      ? ' It is still the number\'s default client: what strangers write goes to it, and it cannot read that. "numbers assign-default" names another.'
      : "";
    return {
      json: { id, is_default_client: isDefaultClient },
      text: `Client ${client} may no longer use number ${number} (grant ${id}).${warning}`,
    };
  },
});
