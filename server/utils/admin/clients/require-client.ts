import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { isId } from "../is-id";
import { findClient, type ClientRow } from "./store";

/**
 * The client that an admin means.
 *
 * @param client its name or its id
 * @throws AppError `not_found`
 */
export async function requireClient(tx: Transaction, client: string): Promise<ClientRow> {
  const found = await findClient(tx, isId(client) ? { id: client } : { name: client });
  if (found) return found;
  throw new AppError("not_found", "There is no client with this name or id.", {
    advice: '"clients list" shows them all.',
  });
}
