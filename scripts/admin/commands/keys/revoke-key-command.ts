import { revokeKey } from "#server/utils/admin/keys/revoke-key";
import { defineCommand } from "../../define-command";

/** `keys revoke` */
export const revokeKeyCommand = defineCommand({
  description: "Revoke a key for good: it stops working at once.",
  args: { key: { type: "positional", required: true, description: "Its prefix or id." } },
  run: async ({ args, ctx }) => {
    const revoked = await revokeKey(ctx, args.key);
    const { prefix, client, changed } = revoked;
    return {
      json: revoked,
      text: changed
        ? `Revoked key ${prefix} of client ${client}: it works no more.`
        : `Key ${prefix} of client ${client} was revoked before; nothing changed.`,
    };
  },
});
