import { afterEach, describe, expect, it, vi } from "vitest";
import { hasPrograms } from "#tests/helpers/deploy/has-programs";

describe("hasPrograms", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("leaves tests out where a program is missing, and says so", () => {
    vi.stubEnv("WAMCP_REQUIRE_PROGRAMS", "");
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);

    expect(hasPrograms("sh")).toBe(true);
    expect(hasPrograms("sh", "no-such-program")).toBe(false);
    expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("NOT TESTED: no-such-program"));
  });

  it("fails where that program has to be there", () => {
    vi.stubEnv("WAMCP_REQUIRE_PROGRAMS", " sh no-such-program");

    expect(() => hasPrograms("sh", "no-such-program")).toThrow(/has to be there: no-such-program$/);
    expect(hasPrograms("sh")).toBe(true);
  });
});
