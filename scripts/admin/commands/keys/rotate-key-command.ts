import { rotateKey } from "#server/utils/admin/keys/rotate-key";
import { defineCommand } from "../../define-command";
import { formatTime } from "../../format-time";
import { readDuration } from "../../read-duration";
import { showToken } from "../../show-token";

const GRACE = "7d";

/** `keys rotate` */
export const rotateKeyCommand = defineCommand({
  description:
    "Replace a key by a new one with the same rights and limits. Both work until the grace is over.",
  args: {
    key: { type: "positional", required: true, description: "Its prefix or id." },
    grace: { type: "text", hint: "span", description: `How long the old key still works (${GRACE}).` },
  },
  run: async ({ args, ctx, io }) => {
    const graceMs = readDuration("--grace", args.grace ?? GRACE);
    const key = await rotateKey(ctx, { key: args.key, graceMs });
    showToken(io, key.token);
    const { id, prefix, client, scopes, expiresAt, old } = key;
    return {
      json: {
        id,
        prefix,
        client,
        scopes,
        expires_at: expiresAt,
        old: { id: old.id, prefix: old.prefix, expires_at: old.expiresAt },
      },
      text: `Made key ${prefix} (${id}) for client ${client}. The old key ${old.prefix} works until ${formatTime(old.expiresAt)}.`,
    };
  },
});
