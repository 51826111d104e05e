import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent } from "undici";
import { MediaFailure } from "../media-failure";
import { isPublicAddress } from "./is-public-address";
import { resolvePublicly } from "./resolve-publicly";

/** What a guarded agent goes by. Tests give their own. */
export interface AddressGuard {
  /** Every address of a host. */
  readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
  readonly mayConnect: (address: string) => boolean;
}

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;

export const PUBLIC_ONLY: AddressGuard = {
  resolve: resolvePublicly,
  mayConnect: isPublicAddress,
};

/**
 * Connections to addresses that were looked at. The name is resolved once and the connection goes to that very address, so it
 * cannot be another one in between. An address that stands in the URL is never resolved: `openDownload` looks at that.
 */
export function createGuardedAgent(guard: AddressGuard): Agent {
  return new Agent({
    connect: { lookup: createLookup(guard), timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: IDLE_TIMEOUT_MS,
    bodyTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: 1_000,
  });
}

function createLookup(guard: AddressGuard): LookupFunction {
  return (host, options, callback) => void look(guard, host, options.all === true, callback);
}

async function look(
  { resolve, mayConnect }: AddressGuard,
  host: string,
  wantsAll: boolean,
  callback: Parameters<LookupFunction>[2],
): Promise<void> {
  let addresses: readonly LookupAddress[];
  try {
    addresses = await resolve(host);
  } catch (error) {
    return callback(error as NodeJS.ErrnoException, "", 0);
  }
  const [first] = addresses;
  // One that is not allowed is enough: whoever lists it beside a public one wants to be called there.
  if (!first || !addresses.every(({ address }) => mayConnect(address))) {
    return callback(new MediaFailure("address_refused", true), "", 0);
  }
  return wantsAll ? callback(null, [...addresses]) : callback(null, first.address, first.family);
}
