import { describe, expect, it } from "vitest";
import { ConfigError } from "#server/utils/config-error";
import { readOwnerUrl } from "../../../../scripts/migrate/read-owner-url";

const OWNER = "postgres://owner@localhost/wamcp";
const ONLY = "postgres://only@localhost/wamcp";

describe("readOwnerUrl", () => {
  it("prefers the owner's login to the only one", () => {
    expect(readOwnerUrl({ DATABASE_OWNER_URL: OWNER, DATABASE_URL: ONLY })).toBe(OWNER);
    expect(readOwnerUrl({ DATABASE_OWNER_URL: "", DATABASE_URL: ONLY })).toBe(ONLY);
  });

  it("needs one of them, and nothing else of the configuration", () => {
    expect(() => readOwnerUrl({})).toThrow(ConfigError);
    expect(() => readOwnerUrl({})).toThrow("DATABASE_OWNER_URL is missing");
  });
});
