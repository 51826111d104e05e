import { decideAsAdmin } from "#server/utils/admin/approvals/decide-as-admin";
import { defineCommand, type AdminCommand } from "../../define-command";

const WORDS = {
  approve: {
    description: "Approve a send: it is sent like any other.",
    done: "Approved: the message is queued.",
  },
  refuse: { description: "Refuse a send: it never leaves.", done: "Refused: the message is not sent." },
};

/** `approvals approve` and `approvals refuse` */
export function decideApprovalCommand(verdict: "approve" | "refuse"): AdminCommand {
  const { description, done } = WORDS[verdict];
  return defineCommand({
    description,
    args: { approval: { type: "positional", required: true, description: "Its id." } },
    run: async ({ args, ctx }) => {
      const { approval } = args;
      const status = await decideAsAdmin(ctx, { approval, verdict });
      return { json: { id: approval, message_status: status }, text: done };
    },
  });
}
