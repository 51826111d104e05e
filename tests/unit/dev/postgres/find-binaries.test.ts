import { access } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { findBinaries } from "#dev/postgres/find-binaries";

describe("findBinaries", () => {
  it("finds the programs for this platform", async () => {
    await expect(access(join(findBinaries(), "bin", "postgres"))).resolves.toBeUndefined();
  });

  it("says what to do on a platform without a package", () => {
    expect(() => findBinaries("sunos", "sparc")).toThrow(/sunos-sparc.*DATABASE_URL/);
  });
});
