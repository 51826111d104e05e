import type { CommandGroup } from "../to-citty";
import { addNumberCommand } from "./numbers/add-number-command";
import { assignDefaultCommand } from "./numbers/assign-default-command";
import { listNumbersCommand } from "./numbers/list-numbers-command";
import { resumeNumberCommand } from "./numbers/resume-number-command";
import { setNumberStateCommand } from "./numbers/set-number-state-command";

/** Business phone numbers. */
export const numbers: CommandGroup = {
  description: "Business phone numbers.",
  commands: {
    add: addNumberCommand,
    list: listNumbersCommand,
    disable: setNumberStateCommand("disabled"),
    enable: setNumberStateCommand("enabled"),
    "assign-default": assignDefaultCommand,
    resume: resumeNumberCommand,
  },
};
