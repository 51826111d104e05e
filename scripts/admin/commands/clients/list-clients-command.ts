import { listClients } from "#server/utils/admin/clients/list-clients";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { snakeKeys } from "../../snake-keys";

const HEAD = ["name", "display name", "owner", "state", "keys", "numbers", "daily cap", "id"];

/** `clients list` */
export const listClientsCommand = defineCommand({
  description: "List the clients, with how many living keys and granted numbers each has.",
  args: {},
  run: async ({ ctx }) => {
    const clients = await listClients(ctx);
    const rows = clients.map((client) => [
      client.name,
      client.displayName,
      client.isOwner,
      client.disabledAt ? "disabled" : "enabled",
      client.keys,
      client.numbers,
      client.dailyCap ?? "unlimited",
      client.id,
    ]);
    return {
      json: clients.map(snakeKeys),
      text: rows.length > 0 ? formatTable(HEAD, rows) : 'There is no client yet. "clients create" makes one.',
    };
  },
});
