import { describe, expect, it } from "vitest";
import { readChannelSettings } from "../../../../scripts/stdio/read-channel-settings";

const ADA = "019f0000-0000-7000-8000-00000000000a";
const BEN = "019f0000-0000-7000-8000-00000000000b";

const read = (env: Record<string, string>) => {
  const logged: string[] = [];
  return { settings: readChannelSettings(env, (line) => void logged.push(line)), logged };
};

describe("readChannelSettings", () => {
  it.each([{}, { WAMCP_CHANNEL: "" }, { WAMCP_CHANNEL: "0", WAMCP_CHANNEL_ALLOW: "*" }])(
    "gives no channel for %o",
    (env) => {
      expect(read(env)).toEqual({ settings: undefined, logged: [] });
    },
  );

  it.each([{}, { WAMCP_CHANNEL_ALLOW: " , " }])(
    "gives no channel without an allowlist, and says why",
    (env) => {
      const { settings, logged } = read({ WAMCP_CHANNEL: "1", ...env });
      expect(settings).toBeUndefined();
      expect(logged.join()).toContain("WAMCP_CHANNEL_ALLOW");
    },
  );

  it("takes contact ids, in any case", () => {
    const { settings } = read({ WAMCP_CHANNEL: "1", WAMCP_CHANNEL_ALLOW: `${ADA.toUpperCase()}, ${BEN},` });
    expect(settings).toEqual({ allow: new Set([ADA, BEN]) });
  });

  it("takes everyone only when told so", () => {
    const { settings } = read({ WAMCP_CHANNEL: "1", WAMCP_CHANNEL_ALLOW: "*", WAMCP_CHANNEL_NUMBER: "7" });
    expect(settings).toEqual({ allow: "*", number: "7" });
  });

  it("asks nobody for permissions unless both are set", () => {
    const env = { WAMCP_CHANNEL: "1", WAMCP_CHANNEL_ALLOW: `${ADA},${BEN}`, WAMCP_CHANNEL_OWNER: ADA };
    expect(read(env).settings).not.toHaveProperty("owner");
    expect(read({ ...env, WAMCP_CHANNEL_PERMISSIONS: "1" }).settings).toHaveProperty("owner", ADA);
  });

  it.each([
    ["a phone number on the list", { WAMCP_CHANNEL_ALLOW: "+16505551234" }],
    ["a switch that is neither on nor off", { WAMCP_CHANNEL: "yes" }],
    ["a number that is none", { WAMCP_CHANNEL_NUMBER: "+16505551234" }],
    ["permissions without an owner", { WAMCP_CHANNEL_PERMISSIONS: "1" }],
    ["an owner who is not allowed", { WAMCP_CHANNEL_PERMISSIONS: "1", WAMCP_CHANNEL_OWNER: BEN }],
    ["an owner by phone number", { WAMCP_CHANNEL_PERMISSIONS: "1", WAMCP_CHANNEL_OWNER: "16505551234" }],
    ["permissions without a channel", { WAMCP_CHANNEL: "0", WAMCP_CHANNEL_PERMISSIONS: "1" }],
  ])("refuses %s without repeating it", (_, env) => {
    const settings = { WAMCP_CHANNEL: "1", WAMCP_CHANNEL_ALLOW: ADA, ...env };
    expect(() => read(settings)).toThrow(/WAMCP_CHANNEL/);
    expect(() => read(settings)).not.toThrow(/16505551234/);
  });
});
