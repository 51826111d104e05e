import { setNumberState } from "#server/utils/admin/numbers/set-number-state";
import { defineCommand, type AdminCommand } from "../../define-command";

const DESCRIPTIONS = {
  disabled: "Disable a number: no client reads or writes through it any more.",
  enabled: "Enable a number that was disabled.",
};

/** `numbers disable` and `numbers enable` */
export function setNumberStateCommand(state: "disabled" | "enabled"): AdminCommand {
  return defineCommand({
    description: DESCRIPTIONS[state],
    args: { number: { type: "positional", required: true, description: "By Meta's id or ours." } },
    run: async ({ args, ctx }) => {
      const { id, waPhoneNumberId, changed, woken } = await setNumberState(ctx, {
        number: args.number,
        state,
      });
      return {
        json: { id, wa_phone_number_id: waPhoneNumberId, state, changed, woken },
        text: changed
          ? `Number ${waPhoneNumberId} is ${state}.`
          : `Number ${waPhoneNumberId} was ${state} before; nothing changed.`,
      };
    },
  });
}
