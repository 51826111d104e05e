import { listUsage } from "#server/utils/admin/usage/list-usage";
import { defineCommand } from "../define-command";
import { formatTable } from "../format-table";

const HEAD = ["client", "cap of", "which", "sent", "cap", "left"];

/** `usage` */
export const usage = defineCommand({
  description: "Show how many messages were sent on a day, and the caps of clients, keys and grants.",
  args: {
    day: { type: "text", hint: "yyyy-mm-dd", description: "In UTC; today when left out." },
    client: { type: "text", hint: "client", description: "Of this client, by name or id." },
  },
  run: async ({ args, ctx }) => {
    const { day, rows } = await listUsage(ctx, { day: args.day, client: args.client });
    const shown = rows.map(({ client, scope, subject, sends, cap }) => [
      client,
      scope,
      subject,
      sends,
      cap ?? "unlimited",
      cap === null ? null : Math.max(0, cap - sends),
    ]);
    return {
      json: { day, usage: rows },
      text:
        shown.length > 0 ? `${day} (UTC)\n${formatTable(HEAD, shown)}` : `Nothing was sent on ${day} (UTC).`,
    };
  },
});
