import type { IncomingMessage } from "node:http";
import proxyAddr from "proxy-addr";
import { ConfigError } from "../config-error";
import { parseAddress, type CallerAddress } from "./parse-address";

export type AddressReader = (request: IncomingMessage) => CallerAddress;

// The socket of a client that has just left has no address any more.
const NOWHERE: CallerAddress = { address: "unknown", group: "unknown" };

/**
 * Tells where a request comes from: the last address that no trusted proxy vouches for. Without trusted proxies that is the
 * socket's, whatever `X-Forwarded-For` claims.
 *
 * @param trustedProxies addresses and networks
 * @throws ConfigError when one of them is neither
 */
export function createAddressReader(trustedProxies: readonly string[]): AddressReader {
  const trust = compile(trustedProxies);
  return (request) => {
    if (!request.socket.remoteAddress) return NOWHERE;
    // A proxy that passes on what it was told may pass on anything; what is no address counts for nothing.
    const chain = proxyAddr.all(request, trust).map(parseAddress);
    return chain.findLast((address) => address !== undefined) ?? NOWHERE;
  };
}

function compile(trustedProxies: readonly string[]): ReturnType<typeof proxyAddr.compile> {
  try {
    return proxyAddr.compile([...trustedProxies]);
  } catch {
    throw new ConfigError(
      "The configuration cannot be used:\n  - TRUSTED_PROXIES must list addresses or networks, such as 10.0.0.0/8, parted by commas",
    );
  }
}
