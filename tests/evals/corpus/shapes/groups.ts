import type { Shapes } from "../shape";

/** Messages of groups, which belong into no conversation with one person. */
export const GROUPS: Shapes = {
  "a message of a group": {
    message: {
      type: "text",
      text: { body: "{words}" },
      group_id: "{words}",
      group: { subject: "{words}", description: "{words}" },
    },
  },
  "a notice of a group": {
    message: {
      type: "system",
      group_id: "{words}",
      system: { body: "{words} named the group {words}", type: "{words}" },
    },
  },
};
