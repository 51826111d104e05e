import { setClientState } from "#server/utils/admin/clients/set-client-state";
import { defineCommand, type AdminCommand } from "../../define-command";

const DESCRIPTIONS = {
  disabled: "Disable a client: all its keys stop working at once.",
  enabled: "Enable a client that was disabled.",
};

/** `clients disable` and `clients enable` */
export function setClientStateCommand(state: "disabled" | "enabled"): AdminCommand {
  return defineCommand({
    description: DESCRIPTIONS[state],
    args: { client: { type: "positional", required: true, description: "Its name or id." } },
    run: async ({ args, ctx }) => {
      const { id, name, changed } = await setClientState(ctx, { client: args.client, state });
      return {
        json: { id, name, state, changed },
        text: changed
          ? `Client ${name} is ${state}${state === "disabled" ? ": none of its keys works any more" : ""}.`
          : `Client ${name} was ${state} before; nothing changed.`,
      };
    },
  });
}
