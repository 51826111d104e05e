import { describePendingFile } from "#server/utils/messaging/approvals/describe-pending-file";
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
      const { id, clientName, numberLabel, recipient, type, text, content, file, expiresAt } = approval;
      // Whoever approves must see it whole.
      const parts = type === "text" && text !== null ? [text] : [text, JSON.stringify(content)];
      if (file) parts.push(describePendingFile(file));
      const words = parts.filter((part) => part !== null).join("\n");
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
