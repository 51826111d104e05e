import type { CommandGroup } from "../to-citty";
import { listInboxCommand } from "./inbox/list-inbox-command";
import { retryInboxCommand } from "./inbox/retry-inbox-command";
import { showInboxCommand } from "./inbox/show-inbox-command";

/** What Meta sent and could not be handled. */
export const inbox: CommandGroup = {
  description: "What Meta sent and could not be handled.",
  commands: { list: listInboxCommand, show: showInboxCommand, retry: retryInboxCommand },
};
