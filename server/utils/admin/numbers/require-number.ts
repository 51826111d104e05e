import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import { isId } from "../is-id";
import { findNumber, type NumberRow } from "./store";

/**
 * The number that an admin means.
 *
 * @param number Meta's id of it, or ours
 * @throws AppError `not_found`
 */
export async function requireNumber(tx: Transaction, number: string): Promise<NumberRow> {
  const found = await findNumber(tx, isId(number) ? { id: number } : { waPhoneNumberId: number });
  if (found) return found;
  throw new AppError("not_found", "There is no number with this id.", {
    advice: 'Give Meta\'s id of the number, not the number that people dial; "numbers list" shows them all.',
  });
}
