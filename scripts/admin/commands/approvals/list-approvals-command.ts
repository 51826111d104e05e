import { listApprovals } from "#server/utils/messaging/approvals/list-approvals";
import { defineCommand } from "../../define-command";
import { formatTime } from "../../format-time";
import { printable } from "#server/utils/printable";
import { snakeKeys } from "../../snake-keys";

/** `approvals list` */
export const listApprovalsCommand = defineCommand({
  description: "List the sends that wait for a person's word, with everything that would be sent.",
  args: {},
  run: async ({ ctx }) => {
    const approvals = await listApprovals(ctx);
    const blocks = approvals.map((approval) => {
      const { id, clientName, numberLabel, recipient, type, text, content, expiresAt } = approval;
      // Whoever approves must see it whole.
      const words = text ?? JSON.stringify(content);
      return [
        `${id}  until ${formatTime(expiresAt)}`,
        printable(
          `  client ${clientName} on ${numberLabel} to ${recipient ?? "an unknown address"}: ${type}`,
        ),
        ...words.split("\n").map((line) => printable(`  | ${line}`)),
      ].join("\n");
    });
    return {
      json: approvals.map(snakeKeys),
      text: blocks.length > 0 ? blocks.join("\n\n") : "Nothing waits for approval.",
    };
  },
});
