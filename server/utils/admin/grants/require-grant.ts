import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { findGrant, type GrantRow } from "./store";

/**
 * The grant that a client holds on a number. Nobody else changes it until the transaction ends.
 *
 * @throws AppError `not_found` when there is none, or it was revoked
 */
export async function requireGrant(
  tx: Transaction,
  clientId: string,
  phoneNumberId: string,
): Promise<GrantRow> {
  const grant = await findGrant(tx, clientId, phoneNumberId);
  if (grant) return grant;
  throw new AppError("not_found", "This client holds no grant on this number.", {
    advice: '"grants add" gives it one; "grants list" shows those that hold.',
  });
}
