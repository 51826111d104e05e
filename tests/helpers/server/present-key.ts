import type { Authenticator } from "#server/utils/auth/create-authenticator";
import { parseAddress } from "#server/utils/auth/parse-address";
import type { Principal } from "#server/utils/auth/principal";
import { readCredentials } from "#server/utils/auth/read-credentials";
import { AppError } from "#server/utils/errors";

/** What a request shows: a token as `Authorization: Bearer`, or headers and an address of the test's own. */
export type Presented = string | { readonly headers?: readonly string[]; readonly url?: string };

/** Presents a key as /mcp does. */
export function presentKey(
  authenticator: Authenticator,
  presented: Presented,
  from = "192.0.2.1",
): Promise<Principal> {
  const caller = parseAddress(from);
  if (!caller) throw new Error(`${from} is no address`);
  const { headers = [], url = "/mcp" } =
    typeof presented === "string" ? { headers: ["Authorization", `Bearer ${presented}`] } : presented;
  return authenticator.authenticate(readCredentials(headers, url), caller);
}

/** How a call was refused; fails the test when it was not. */
export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error("was accepted"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}
