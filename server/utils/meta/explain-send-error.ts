import { ERROR_ADVICE } from "./error-advice";
import { ERROR_TABLE, type SendErrorEntry } from "./error-table";

const UNKNOWN: SendErrorEntry = {
  class: "final",
  backoff: "none",
  reason: "an error that this server does not know",
  advice: ERROR_ADVICE.unknown,
  alerts: false,
  attemptLimit: undefined,
};

/**
 * What an error code of Meta's means. The code decides and not the HTTP status, which differs between Meta's own pages;
 * only a code that nobody knows is final below 500 and ambiguous above.
 */
export function explainSendError(code: number, httpStatus = 400): SendErrorEntry {
  const found = ERROR_TABLE.find(({ first, last }) => code >= first && code <= last);
  if (found) return found.entry;
  if (httpStatus < 500) return UNKNOWN;
  return { ...UNKNOWN, class: "ambiguous", backoff: "settle", advice: ERROR_ADVICE.uncertain };
}
