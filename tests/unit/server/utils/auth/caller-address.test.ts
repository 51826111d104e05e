import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAddressReader } from "#server/utils/auth/create-address-reader";
import { parseAddress } from "#server/utils/auth/parse-address";
import { ConfigError } from "#server/utils/config";

describe("parseAddress", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["::1", "::1", "0:0:0:0::/64"],
    ["::", "::", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80::1", "fe80:0:0:0::/64"],
    ["::192.0.2.1", "::c000:201", "0:0:0:0::/64"],
  ])("reads %s as %s of %s", (text, address, group) => {
    expect(parseAddress(text)).toEqual({ address, group });
  });

  it.each([
    "",
    "unknown",
    "192.0.2",
    "192.0.2.1:80",
    "[::1]",
    "1.2.3.4, 5.6.7.8",
    "<script>",
    "::ffff:1.2.3",
    "%",
  ])("reads nothing in %j", (text) => expect(parseAddress(text)).toBeUndefined());

  it("gives every IPv6 address the group of its first four words, however it is spelt", () => {
    const word = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    fc.assert(
      fc.property(fc.array(word, { minLength: 8, maxLength: 8 }), (words) => {
        fc.pre(words.slice(0, 5).some((value) => value !== "0"));
        const parsed = parseAddress(words.join(":"));
        expect(parsed?.group).toBe(`${words.slice(0, 4).join(":")}::/64`);
        expect(parseAddress(parsed?.address.toUpperCase() ?? "")).toEqual(parsed);
      }),
    );
  });
});

describe("createAddressReader", () => {
  const read = (trusted: string[], socket: string | undefined, forwarded?: string) => {
    const request = new IncomingMessage({ remoteAddress: socket } as Socket);
    if (forwarded !== undefined) request.headers["x-forwarded-for"] = forwarded;
    return createAddressReader(trusted)(request).address;
  };

  it("believes nobody when no proxy is trusted", () => {
    expect(read([], "198.51.100.1", "192.0.2.1")).toBe("198.51.100.1");
  });

  it("believes a trusted proxy, and what it says of another", () => {
    expect(read(["127.0.0.1"], "127.0.0.1", "192.0.2.1")).toBe("192.0.2.1");
    expect(read(["127.0.0.1"], "::ffff:127.0.0.1", "192.0.2.1")).toBe("192.0.2.1");
    expect(read(["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "192.0.2.1, 10.1.2.3")).toBe("192.0.2.1");
    expect(read(["2001:db8::/32"], "2001:db8::9", "2001:db9::1")).toBe("2001:db9::1");
  });

  it("does not believe what the caller put before it", () => {
    expect(read(["127.0.0.1"], "127.0.0.1", "203.0.113.9, 192.0.2.1")).toBe("192.0.2.1");
    expect(read(["10.0.0.0/8"], "198.51.100.1", "10.0.0.1")).toBe("198.51.100.1");
  });

  it("stays with the last address that is one when a proxy passes on nonsense", () => {
    for (const nonsense of ["<script>", "unknown", "a".repeat(5_000), "192.0.2.1:443"]) {
      expect(read(["127.0.0.1"], "127.0.0.1", nonsense)).toBe("127.0.0.1");
      expect(read(["127.0.0.1"], "127.0.0.1", `${nonsense}, 192.0.2.1`)).toBe("192.0.2.1");
    }
    expect(read(["127.0.0.1"], "127.0.0.1", "")).toBe("127.0.0.1");
  });

  it("has a name for a socket that is gone", () => {
    expect(read([], undefined, "192.0.2.1")).toBe("unknown");
    expect(read([], "/run/wamcp.sock")).toBe("unknown");
  });

  it.each([["nginx"], ["10.0.0.0/33"], ["10.0.0.1/x"], ["10.0.0"]])("refuses to start with %j", (entry) => {
    expect(() => createAddressReader(["127.0.0.1", entry])).toThrow(ConfigError);
    expect(() => createAddressReader([entry])).toThrow(/TRUSTED_PROXIES/);
  });
});
