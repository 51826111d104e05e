import { setKeyLimits } from "#server/utils/admin/keys/set-key-limits";
import { defineCommand } from "../../define-command";
import { readCount } from "../../read-count";
import { UsageError } from "../../usage-error";

/** `keys set` */
export const setKeyCommand = defineCommand({
  description: "Change a key's limits, at once.",
  args: {
    key: { type: "positional", required: true, description: "Its prefix or id." },
    rpm: { type: "text", hint: "n", description: "Calls a minute." },
    daily: { type: "text", hint: "n", description: "Messages a day (UTC)." },
  },
  run: async ({ args, ctx }) => {
    const rpmLimit = readCount("--rpm", args.rpm);
    const dailyMsgLimit = readCount("--daily", args.daily);
    if (rpmLimit === undefined && dailyMsgLimit === undefined) {
      throw new UsageError("Say what to change: --rpm, --daily.");
    }
    const set = await setKeyLimits(ctx, args.key, { rpmLimit, dailyMsgLimit });
    const text = `Key ${set.prefix} may make ${set.rpmLimit} calls a minute and send ${set.dailyMsgLimit} messages a day now.`;
    return { json: set, text };
  },
});
