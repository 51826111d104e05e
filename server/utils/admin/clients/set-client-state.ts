import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { requireClient } from "./require-client";
import { setDisabledAt } from "./store";

/** A client whose state was set. */
export interface ClientState {
  readonly id: string;
  readonly name: string;
  /** False when it was in this state before. */
  readonly changed: boolean;
}

/**
 * Disables a client, so that all its keys stop working at once, or enables it again.
 *
 * @throws AppError `not_found`
 */
export async function setClientState(
  ctx: AdminContext,
  input: { readonly client: string; readonly state: "disabled" | "enabled" },
): Promise<ClientState> {
  return performAction(ctx, `client.${input.state}`, async (tx, targets) => {
    const { id, name, disabledAt } = await requireClient(tx, input.client);
    targets.clientId = id;
    const changed = (disabledAt !== null) !== (input.state === "disabled");
    if (changed) await setDisabledAt(tx, id, input.state === "disabled" ? ctx.clock.now() : null);
    return { id, name, changed };
  });
}
