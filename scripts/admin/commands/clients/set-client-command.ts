import { setClientCap } from "#server/utils/admin/clients/set-client-cap";
import { defineCommand } from "../../define-command";
import { readCap } from "../../read-cap";
import { UsageError } from "../../usage-error";

/** `clients set` */
export const setClientCommand = defineCommand({
  description: "Change what all keys of a client together may send.",
  args: {
    client: { type: "positional", required: true, description: "Its name or id." },
    "daily-cap": { type: "text", hint: "n", description: "Messages a day (UTC); none for no cap." },
  },
  run: async ({ args, ctx }) => {
    const dailyCap = readCap("--daily-cap", args["daily-cap"]);
    if (dailyCap === undefined) throw new UsageError("Say what to change: --daily-cap.");
    const set = await setClientCap(ctx, { client: args.client, dailyCap });
    const cap = dailyCap === null ? "any number of messages" : `${dailyCap} messages`;
    return { json: set, text: `Client ${set.name} may send ${cap} a day now.` };
  },
});
