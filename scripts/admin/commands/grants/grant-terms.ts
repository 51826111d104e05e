import type { GrantTerms } from "#server/utils/admin/grants/read-grant-terms";
import type { ArgumentValues } from "../../arguments";
import { readCap } from "../../read-cap";

const args = {
  visibility: {
    type: "choice",
    options: ["own", "all"],
    description: "The client's own conversations, or all on the number.",
  },
  recipients: {
    type: "choice",
    options: ["anyone", "open_window", "allowlist", "none"],
    description: "Whom it may write to.",
  },
  confirm: {
    type: "choice",
    options: ["never", "new_recipient", "always"],
    description: "Which sends wait for a person's approval.",
  },
  "daily-cap": { type: "text", hint: "n", description: "Messages a day (UTC); none for no cap." },
  "hourly-cap-per-recipient": {
    type: "text",
    hint: "n",
    description: "Messages to one person within any hour; none for no cap.",
  },
  tool: { type: "text", hint: "name", many: true, description: "A tool it may use here; * for all of them." },
} as const;

/** The terms of a grant as arguments. */
export const grantTerms = {
  args,
  read: (given: ArgumentValues<typeof args>): GrantTerms => ({
    visibility: given.visibility,
    recipientPolicy: given.recipients,
    confirmPolicy: given.confirm,
    dailyCap: readCap("--daily-cap", given["daily-cap"]),
    recipientHourlyCap: readCap("--hourly-cap-per-recipient", given["hourly-cap-per-recipient"]),
    tools: given.tool,
  }),
};
