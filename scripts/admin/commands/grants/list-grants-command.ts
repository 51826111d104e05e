import { listGrants } from "#server/utils/admin/grants/list-grants";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { snakeKeys } from "../../snake-keys";

const HEAD = [
  "client",
  "number",
  "sees",
  "writes to",
  "allowed",
  "confirm",
  "daily cap",
  "per hour",
  "tools",
];

/** `grants list` */
export const listGrantsCommand = defineCommand({
  description: "List the grants that hold.",
  args: { client: { type: "positional", description: "A client's name or id; everybody's when left out." } },
  run: async ({ args, ctx }) => {
    const grants = await listGrants(ctx, args.client);
    const rows = grants.map((grant) => [
      grant.client,
      grant.waPhoneNumberId,
      grant.visibility,
      grant.recipientPolicy,
      grant.recipients,
      grant.confirmPolicy,
      grant.dailyCap ?? "unlimited",
      grant.recipientHourlyCap ?? "unlimited",
      grant.tools.join(" "),
    ]);
    return {
      json: grants.map(snakeKeys),
      text: rows.length > 0 ? formatTable(HEAD, rows) : 'There is no grant yet. "grants add" makes one.',
    };
  },
});
