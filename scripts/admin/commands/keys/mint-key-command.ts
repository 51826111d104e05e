import { mintApiKey } from "#server/utils/admin/keys/mint-api-key";
import { defineCommand } from "../../define-command";
import { formatTime } from "../../format-time";
import { readCount } from "../../read-count";
import { readDuration } from "../../read-duration";
import { showToken } from "../../show-token";

/** `keys mint` */
export const mintKeyCommand = defineCommand({
  description: "Make a key. It is shown once, on stderr; stdout gets its id and prefix.",
  args: {
    client: { type: "positional", required: true, description: "The client's name or id." },
    label: { type: "text", hint: "text", required: true, description: "What the key is for." },
    scope: {
      type: "text",
      hint: "scope",
      many: true,
      description:
        "tools:<name> or numbers:<Meta's id>; for the owner also tools:* and numbers:*. All that the client may have, when left out.",
    },
    test: { type: "flag", description: "Make a wamcp_test_ key, not a wamcp_live_ one." },
    rpm: { type: "text", hint: "n", description: "Calls a minute (60)." },
    daily: { type: "text", hint: "n", description: "Messages a day, UTC (250)." },
    "expires-in": { type: "text", hint: "span", description: "90d, 12h, 30m; never when left out." },
  },
  run: async ({ args, ctx, io }) => {
    const expiresIn = args["expires-in"];
    const key = await mintApiKey(ctx, {
      clientId: args.client,
      label: args.label,
      scopes: args.scope,
      mode: args.test ? "test" : "live",
      rpmLimit: readCount("--rpm", args.rpm),
      dailyMsgLimit: readCount("--daily", args.daily),
      ...(expiresIn && {
        expiresAt: new Date(ctx.clock.now().getTime() + readDuration("--expires-in", expiresIn)),
      }),
    });
    showToken(io, key.token);
    const { id, prefix, scopes, expiresAt } = key;
    return {
      json: { id, prefix, label: args.label, scopes, expires_at: expiresAt },
      text: `Made key ${prefix} (${id})${expiresAt ? `, good until ${formatTime(expiresAt)}` : ""}.`,
    };
  },
});
