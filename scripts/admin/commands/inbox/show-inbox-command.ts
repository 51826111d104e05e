import { showDeadLetter } from "#server/utils/admin/inbox/show-dead-letter";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { formatTime } from "../../format-time";
import { printable } from "#server/utils/printable";
import { snakeKeys } from "../../snake-keys";

/** `inbox show` */
export const showInboxCommand = defineCommand({
  description: "Show what of a webhook body could not be handled, and why.",
  args: {
    id: { type: "positional", required: true, description: "Its id." },
    body: {
      type: "flag",
      description: "Show what Meta sent as well: people's words and numbers. That goes on record.",
    },
  },
  run: async ({ args, ctx }) => {
    const shown = await showDeadLetter(ctx, { id: args.id, withBody: args.body });
    const { state, receivedAt, attempts, deadLetters, omitted, body } = shown;
    const rows = deadLetters.map(({ path, reason }) => [path, reason]);
    const parts = [
      `${state}, received ${formatTime(receivedAt)}, tried ${attempts} times`,
      formatTable(["element", "why"], rows),
    ];
    if (omitted > 0) parts.push(`and ${omitted} more`);
    if (body !== undefined) parts.push(body.split("\n").map(printable).join("\n"));
    return { json: snakeKeys(shown), text: parts.join("\n") };
  },
});
