import { createClient } from "#server/utils/admin/clients/create-client";
import { defineCommand } from "../../define-command";
import { readCount } from "../../read-count";

/** `clients create` */
export const createClientCommand = defineCommand({
  description: "Create a client.",
  args: {
    name: { type: "positional", required: true, description: "In kebab-case: booking-agent." },
    "display-name": { type: "text", hint: "text", description: "For people; the name when left out." },
    owner: { type: "flag", description: "It sees and may do everything. There is one owner at most." },
    "daily-cap": {
      type: "text",
      hint: "n",
      description: "Messages a day (UTC) of all its keys together; unlimited when left out.",
    },
  },
  run: async ({ args, ctx }) => {
    const { name, owner: isOwner } = args;
    const displayName = args["display-name"] ?? name;
    const dailyCap = readCount("--daily-cap", args["daily-cap"]);
    const id = await createClient(ctx, { name, displayName, isOwner, dailyCap });
    return {
      json: { id, name, display_name: displayName, is_owner: isOwner, daily_cap: dailyCap ?? null },
      text: `Created client ${name}${isOwner ? ", the owner" : ""} (${id}).`,
    };
  },
});
