import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { defineCommand } from "../../define-command";
import { grantName } from "./grant-name";
import { grantTerms } from "./grant-terms";

/** `grants add` */
export const addGrantCommand = defineCommand({
  description:
    "Let a client use a number. When nothing is said: the owner sees all and writes to anyone; others see their own conversations and write where the 24-hour window is open.",
  args: { ...grantName, ...grantTerms.args },
  run: async ({ args, ctx }) => {
    const { client, number } = args;
    const terms = grantTerms.read(args);
    const id = await grantNumber(ctx, { clientId: client, phoneNumberId: number, ...terms });
    return {
      json: { id },
      text: `Client ${client} may use number ${number} (grant ${id}). Keys that name their numbers get it only when they are made anew.`,
    };
  },
});
