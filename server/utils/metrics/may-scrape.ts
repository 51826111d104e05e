import { equalsSecret } from "../equals-secret";

/**
 * Whether a request may read the metrics: there is a token, and the request shows it.
 *
 * @param authorization the header, as it came
 */
export function mayScrape(authorization: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return false;
  // RFC 7235, section 2.1: the name of the scheme may be written in either case.
  return equalsSecret(authorization?.replace(/^bearer /i, "Bearer ") ?? "", `Bearer ${token}`);
}
