import { isIP } from "node:net";

/** Where a request comes from. */
export interface CallerAddress {
  /** In one spelling: an IPv4 address that is mapped into IPv6 is IPv4. */
  readonly address: string;
  /** What counts as one caller: an IPv4 address, or the /64 that an IPv6 customer gets at least (RFC 6177). */
  readonly group: string;
}

/** Reads an IP address; undefined for anything else. */
export function parseAddress(text: string): CallerAddress | undefined {
  const bare = text.replace(/%.*$/, "");
  if (isIP(bare) === 4) return { address: bare, group: bare };
  if (isIP(bare) !== 6) return undefined;
  const words = expand(bare);
  const mapped = words.slice(0, 6).join(":") === "0:0:0:0:0:ffff";
  if (mapped) {
    const address = words.slice(6).flatMap(toBytes).join(".");
    return { address, group: address };
  }
  return { address: normalise(bare), group: `${words.slice(0, 4).join(":")}::/64` };
}

// The URL parser writes an address in its shortest form, and without dots (RFC 5952, WHATWG URL).
function normalise(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
}

function expand(ipv6: string): string[] {
  const shortest = normalise(ipv6);
  const missing = 8 - toWords(shortest).length;
  return toWords(shortest.replace("::", `:${"0:".repeat(missing)}`));
}

function toWords(ipv6: string): string[] {
  return ipv6.split(":").filter(Boolean);
}

function toBytes(word: string): number[] {
  const value = parseInt(word, 16);
  return [value >> 8, value & 0xff];
}
