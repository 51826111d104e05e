import { resumePausedNumber } from "#server/utils/admin/numbers/resume-paused-number";
import { defineCommand } from "../../define-command";
import { snakeKeys } from "../../snake-keys";

/** `numbers resume` */
export const resumeNumberCommand = defineCommand({
  description: "Send from a paused number again, once what Meta complained about is mended.",
  args: { number: { type: "positional", required: true, description: "By Meta's id or ours." } },
  run: async ({ args, ctx }) => {
    const resumed = await resumePausedNumber(ctx, args.number);
    const { waPhoneNumberId, wasPaused, woken } = resumed;
    return {
      json: snakeKeys(resumed),
      text: wasPaused
        ? `Number ${waPhoneNumberId} sends again; ${woken} conversations had something waiting.`
        : `Number ${waPhoneNumberId} was not paused; nothing changed.`,
    };
  },
});
