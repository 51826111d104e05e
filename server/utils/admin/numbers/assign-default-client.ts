import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { requireGrant } from "../grants/require-grant";
import { performAction } from "../perform-action";
import { requireNumber } from "./require-number";
import { updateNumber } from "./store";

/** Whom a number's strangers belong to from now on. */
export interface DefaultClient {
  readonly phoneNumberId: string;
  readonly waPhoneNumberId: string;
  readonly clientId: string;
  readonly client: string;
}

/**
 * Gives a number another default client: who owns the conversations of people that nobody wrote to before.
 *
 * @throws AppError `not_found`, also when the client holds no grant on the number: it could not read what it gets
 */
export async function assignDefaultClient(
  ctx: AdminContext,
  input: { readonly number: string; readonly client: string },
): Promise<DefaultClient> {
  return performAction(ctx, "number.default_assigned", async (tx, targets) => {
    const number = await requireNumber(tx, input.number);
    targets.phoneNumberId = number.id;
    const client = await requireClient(tx, input.client);
    targets.clientId = client.id;
    targets.detail = { old_client_id: number.defaultClientId, new_client_id: client.id };
    await requireGrant(tx, client.id, number.id);
    await updateNumber(tx, number.id, { defaultClientId: client.id });
    return {
      phoneNumberId: number.id,
      waPhoneNumberId: number.waPhoneNumberId,
      clientId: client.id,
      client: client.name,
    };
  });
}
