import type { Transaction } from "#db/client";
import type { ClientRow } from "../clients/store";
import { requireClient } from "../clients/require-client";
import type { NumberRow } from "../numbers/store";
import { requireNumber } from "../numbers/require-number";
import type { ActionTargets } from "../audit-refusal";
import { requireGrant } from "./require-grant";
import type { GrantRow } from "./store";

/** Whose grant, and on which number: each by name or id. */
export interface GrantName {
  readonly client: string;
  readonly number: string;
}

/** A grant with both its ends. */
export interface OpenGrant {
  readonly client: ClientRow;
  readonly number: NumberRow;
  readonly grant: GrantRow;
}

/**
 * The grant that an admin means, noted as what the action touches.
 *
 * @throws AppError `not_found`
 */
export async function openGrant(
  tx: Transaction,
  targets: ActionTargets,
  name: GrantName,
): Promise<OpenGrant> {
  const client = await requireClient(tx, name.client);
  targets.clientId = client.id;
  const number = await requireNumber(tx, name.number);
  targets.phoneNumberId = number.id;
  const grant = await requireGrant(tx, client.id, number.id);
  targets.detail = { grant_id: grant.id };
  return { client, number, grant };
}
