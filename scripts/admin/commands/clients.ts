import type { CommandGroup } from "../to-citty";
import { createClientCommand } from "./clients/create-client-command";
import { listClientsCommand } from "./clients/list-clients-command";
import { setClientCommand } from "./clients/set-client-command";
import { setClientStateCommand } from "./clients/set-client-state-command";

/** Tenants: create, list, set, disable, enable. */
export const clients: CommandGroup = {
  description: "Tenants: create, list, set, disable, enable.",
  commands: {
    create: createClientCommand,
    list: listClientsCommand,
    set: setClientCommand,
    disable: setClientStateCommand("disabled"),
    enable: setClientStateCommand("enabled"),
  },
};
