import { toAppError } from "./errors";

// Classes 22: the value; 23: a constraint; 54: too large (PostgreSQL, appendix A).
const DATA = /^(22|23|54)[0-9A-Z]{3}$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Whether the data are at fault, so that trying again is in vain: the database says so, or it is not the database that
 * speaks. A connection that broke says nothing of them.
 */
export function isDataError(error: unknown): boolean {
  if (toAppError(error).retryable) return false;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    if (SQLSTATE.test(code)) return DATA.test(code);
  }
  return true;
}
