import { describe, expect, it } from "vitest";
import { isPublicAddress } from "#server/utils/media/fetching/is-public-address";

describe("isPublicAddress", () => {
  it.each(["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"])(
    "%s is",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ["nothing", ""],
    ["a name", "localhost"],
    ["this machine", "127.0.0.1"],
    ["this machine, further on", "127.255.255.254"],
    ["this machine (v6)", "::1"],
    ["any", "0.0.0.0"],
    ["any (v6)", "::"],
    ["private", "10.0.0.1"],
    ["private", "172.16.0.1"],
    ["private", "192.168.1.1"],
    ["the cloud's metadata", "169.254.169.254"],
    ["the cloud's metadata (v6)", "fd00:ec2::254"],
    ["a carrier's", "100.64.0.1"],
    ["a group", "224.0.0.1"],
    ["a group (v6)", "ff02::1"],
    ["everybody", "255.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["benchmarks", "198.18.0.1"],
    ["examples", "192.0.2.1"],
    ["link-local (v6)", "fe80::1"],
    ["site-local (v6)", "fec0::1"],
    ["unique local", "fc00::1"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped and public", "::ffff:1.1.1.1"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["NAT64 at home", "64:ff9b:1::7f00:1"],
    ["6to4", "2002:7f00:1::"],
    ["Teredo", "2001:0:7f00:1::"],
    ["documentation (v6)", "2001:db8::1"],
    ["discard", "100::1"],
    ["a zone", "fe80::1%eth0"],
  ])("%s is not: %s", (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
