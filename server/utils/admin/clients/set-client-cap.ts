import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { requireCap } from "../require-cap";
import { requireClient } from "./require-client";
import { setPolicy } from "./store";

/** A client with its cap. */
export interface CappedClient {
  readonly id: string;
  readonly name: string;
  readonly dailyCap: number | null;
}

/**
 * Sets how many messages all keys of a client together may send on one day (UTC), from the next message on.
 *
 * @throws AppError `not_found`, `invalid_arguments`
 */
export async function setClientCap(
  ctx: AdminContext,
  { client, dailyCap }: { readonly client: string; readonly dailyCap: number | null },
): Promise<CappedClient> {
  return performAction(ctx, "client.set", async (tx, targets) => {
    requireCap("The daily cap", dailyCap);
    const { id, name, policy } = await requireClient(tx, client);
    targets.clientId = id;
    const { daily_cap: _, ...rest } = policy;
    await setPolicy(tx, id, dailyCap === null ? rest : { ...rest, daily_cap: dailyCap });
    return { id, name, dailyCap };
  });
}
