import type { CommandGroup } from "../to-citty";
import { exportAuditCommand } from "./audit/export-audit-command";
import { tailAuditCommand } from "./audit/tail-audit-command";

/** The record of what was done. */
export const audit: CommandGroup = {
  description: "The record of what was done.",
  commands: { tail: tailAuditCommand, export: exportAuditCommand },
};
