import type { CommandGroup } from "../to-citty";
import { addGrantCommand } from "./grants/add-grant-command";
import { allowRecipientCommand } from "./grants/allow-recipient-command";
import { disallowRecipientCommand } from "./grants/disallow-recipient-command";
import { listGrantsCommand } from "./grants/list-grants-command";
import { revokeGrantCommand } from "./grants/revoke-grant-command";
import { setGrantCommand } from "./grants/set-grant-command";

/** Which client may do what on which number. */
export const grants: CommandGroup = {
  description: "Which client may do what on which number.",
  commands: {
    add: addGrantCommand,
    set: setGrantCommand,
    revoke: revokeGrantCommand,
    list: listGrantsCommand,
    allow: allowRecipientCommand,
    disallow: disallowRecipientCommand,
  },
};
