import type { AdminContext } from "../admin-context";
import { selectClients } from "./store";

/** A client, as an admin sees it. */
export interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly isOwner: boolean;
  /** Messages a day (UTC); null: unlimited. */
  readonly dailyCap: number | null;
  /** Keys that are neither revoked nor expired. */
  readonly keys: number;
  /** Numbers that it was granted. */
  readonly numbers: number;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
}

/** Every client, by name. */
export async function listClients(ctx: AdminContext): Promise<ClientView[]> {
  return selectClients(ctx.database.system, ctx.clock.now());
}
