import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readKeptPassword } from "#dev/postgres/read-kept-password";

let folder: string;
let dataDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-kept-password-"));
  dataDir = join(folder, "data");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("readKeptPassword", () => {
  it("keeps the password beside the data folder, for its owner only", async () => {
    const password = await readKeptPassword(dataDir, true);
    expect(password).toMatch(/^[\w-]{32}$/);
    expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
    expect(await readKeptPassword(dataDir, false)).toBe(password);
  });

  it("gives one password to callers at the same time and leaves no drafts", async () => {
    const passwords = await Promise.all(Array.from({ length: 8 }, () => readKeptPassword(dataDir, true)));
    expect(new Set(passwords).size).toBe(1);
    expect(await readdir(folder)).toEqual(["data.password"]);
  });

  it("says what to do when the password of existing data is lost", async () => {
    await expect(readKeptPassword(dataDir, false)).rejects.toThrow(
      /Put the file back, or remove the data folder/,
    );
  });
});
