import { execFile } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import * as binaries from "#dev/postgres/find-binaries";
import { findRunUser } from "#dev/postgres/find-run-user";
import { prepareBinaries } from "#dev/postgres/prepare-binaries";

vi.mock("#dev/postgres/find-binaries", { spy: true });

let folder: string;
let native: string;
let runFolder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "prepare-binaries-"));
  await chmod(folder, 0o755);
  const home = join(folder, "home");
  native = join(home, "native");
  await cp(binaries.findBinaries(), native, {
    recursive: true,
    verbatimSymlinks: true,
    // As an installation without install scripts leaves it.
    filter: (file) => !/\/lib\/lib[^/]*\.so(\.\d+)?$/.test(file) || !/lib(ecpg|icu|pgtypes|pq)/.test(file),
  });
  vi.mocked(binaries.findBinaries).mockReturnValue(native);
  runFolder = join(folder, "run");
  await mkdir(runFolder, { mode: 0o700 });
  const user = await findRunUser();
  if (user !== undefined) await chown(runFolder, user.uid, user.gid);
});

afterEach(async () => {
  vi.mocked(binaries.findBinaries).mockReset();
  await chmod(join(native, "lib"), 0o755);
  await rm(folder, { recursive: true });
});

async function versionOf(bin: string): Promise<string> {
  const { stdout } = await promisify(execFile)(join(bin, "postgres"), ["--version"], {
    encoding: "utf8",
    ...(await findRunUser()),
  });
  return stdout;
}

describe("prepareBinaries", () => {
  it("makes the missing library links in place", async () => {
    const bin = await prepareBinaries(runFolder, await findRunUser());
    expect(bin).toBe(join(native, "bin"));
    expect(await versionOf(bin)).toContain("PostgreSQL) 16.");
    expect(await readdir(runFolder)).toEqual([]);
  });

  it("copies a package that the run user cannot reach or that nobody may write to", async () => {
    // Root reads and writes whatever the mode says, but runs PostgreSQL as somebody who does not.
    if (process.getuid?.() === 0) await chmod(join(folder, "home"), 0o700);
    else await chmod(join(native, "lib"), 0o555);
    const bin = await prepareBinaries(runFolder, await findRunUser());
    expect(bin).toBe(join(runFolder, "native", "bin"));
    expect(await versionOf(bin)).toContain("PostgreSQL) 16.");
  });
});
