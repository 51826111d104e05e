import ipaddr from "ipaddr.js";

// RFC 4291, 2.4, as IANA hands it out: global unicast. What else looks public in IPv6 leads into some other network.
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3") as [ipaddr.IPv6, number];

/** Whether an address is on the open internet: none of ours, of the machine, of a carrier, or of a group. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(GLOBAL_UNICAST) : true;
}
