import { afterEach, describe, expect, it, vi } from "vitest";

import { findRunUser } from "#dev/postgres/find-run-user";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("findRunUser", () => {
  it("keeps an ordinary user", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    expect(await findRunUser()).toBeUndefined();
  });

  it("chooses somebody else for root", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(0);
    const user = await findRunUser();
    expect(user?.uid).not.toBe(0);
    expect(user?.uid).toSatisfy(Number.isInteger);
  });
});
