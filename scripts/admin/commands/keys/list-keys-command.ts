import { listKeys } from "#server/utils/admin/keys/list-keys";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { snakeKeys } from "../../snake-keys";

const HEAD = ["prefix", "client", "label", "state", "rpm", "daily", "pepper", "expires", "last used", "id"];

/** `keys list` */
export const listKeysCommand = defineCommand({
  description: "List the keys, with those that work no more. --json also shows their scopes.",
  args: { client: { type: "positional", description: "A client's name or id; everybody's when left out." } },
  run: async ({ args, ctx }) => {
    const keys = await listKeys(ctx, args.client);
    const rows = keys.map((key) => [
      key.prefix,
      key.client,
      key.label,
      key.state,
      key.rpmLimit,
      key.dailyMsgLimit,
      key.pepperVersion,
      key.expiresAt,
      key.lastUsedAt,
      key.id,
    ]);
    return {
      json: keys.map(snakeKeys),
      text: rows.length > 0 ? formatTable(HEAD, rows) : 'There is no key yet. "keys mint" makes one.',
    };
  },
});
