import { AppError } from "../errors";

// What an `integer` column holds.
const MOST = 2_147_483_647;

/**
 * Refuses a cap or a limit that the database would not take.
 *
 * @throws AppError `invalid_arguments`
 */
export function requireCap(what: string, cap: number | null | undefined, least: 0 | 1 = 0): void {
  if (cap === undefined || cap === null) return;
  if (Number.isInteger(cap) && cap >= least && cap <= MOST) return;
  throw new AppError("invalid_arguments", `${what} must be a whole number from ${least} to ${MOST}.`);
}
