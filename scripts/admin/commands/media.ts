import type { CommandGroup } from "../to-citty";
import { revokeMediaCommand } from "./media/revoke-media-command";

/** Files that came with messages. */
export const media: CommandGroup = {
  description: "Files that came with messages.",
  commands: { revoke: revokeMediaCommand },
};
