import { approvals } from "./commands/approvals";
import { audit } from "./commands/audit";
import { clients } from "./commands/clients";
import { conversations } from "./commands/conversations";
import { grants } from "./commands/grants";
import { inbox } from "./commands/inbox";
import { keys } from "./commands/keys";
import { media } from "./commands/media";
import { numbers } from "./commands/numbers";
import { usage } from "./commands/usage";
import type { CommandGroup } from "./to-citty";

/** Everything that an operator can do. */
export const COMMANDS: CommandGroup = {
  description: "Clients, keys, numbers and what they may do.",
  commands: { clients, keys, grants, numbers, conversations, media, usage, approvals, inbox, audit },
};
