import { describe, expect, it } from "vitest";
import { ConfigError } from "#server/utils/config";
import { readAdminConfig } from "#server/utils/read-admin-config";

const LEAST = { DATABASE_URL: "postgres://wamcp@localhost/wamcp", API_KEY_PEPPER: "p".repeat(32) };

describe("readAdminConfig", () => {
  it("needs the database and the pepper, and none of Meta's secrets", () => {
    expect(readAdminConfig(LEAST)).toEqual({
      databaseUrl: LEAST.DATABASE_URL,
      peppers: { current: { version: 1, secret: LEAST.API_KEY_PEPPER } },
    });
  });

  it("knows the pepper before this one", () => {
    const previous = { API_KEY_PEPPER_VERSION: "3", API_KEY_PEPPER_PREVIOUS: "q".repeat(32) };
    expect(readAdminConfig({ ...LEAST, ...previous }).peppers).toEqual({
      current: { version: 3, secret: LEAST.API_KEY_PEPPER },
      previous: { version: 2, secret: previous.API_KEY_PEPPER_PREVIOUS },
    });
  });

  it("lists every problem at once", () => {
    expect(() => readAdminConfig({})).toThrow(ConfigError);
    expect(() => readAdminConfig({})).toThrow(/DATABASE_URL is missing[^]*API_KEY_PEPPER is missing/);
  });
});
