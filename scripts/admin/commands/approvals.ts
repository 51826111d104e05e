import type { CommandGroup } from "../to-citty";
import { decideApprovalCommand } from "./approvals/decide-approval-command";
import { listApprovalsCommand } from "./approvals/list-approvals-command";

/** Sends that wait for a person's word. */
export const approvals: CommandGroup = {
  description: "Sends that wait for a person's word.",
  commands: {
    list: listApprovalsCommand,
    approve: decideApprovalCommand("approve"),
    refuse: decideApprovalCommand("refuse"),
  },
};
