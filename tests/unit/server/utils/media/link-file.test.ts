import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linkFile } from "#server/utils/media/link-file";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "wamcp-link-"));
  await mkdir(join(root, "a"));
  await writeFile(join(root, "a/b.bin"), "the bytes");
});

afterEach(() => rm(root, { recursive: true }));

const left = () => readdir(join(root, ".incoming"));

describe("linkFile", () => {
  const failing = (code: string) => async (): Promise<never> => {
    throw Object.assign(new Error("it failed"), { code });
  };

  it("keeps the bytes once", async () => {
    await linkFile(root, "a/b.bin", "c/d.bin");
    expect((await stat(join(root, "c/d.bin"))).nlink).toBe(2);
  });

  it("copies a file that has all the names that the disk gives one", async () => {
    await linkFile(root, "a/b.bin", "c/d.bin", failing("EMLINK"));
    expect(await readFile(join(root, "c/d.bin"), "utf8")).toBe("the bytes");
    expect((await stat(join(root, "c/d.bin"))).nlink).toBe(1);
    expect(await left()).toEqual([]);
  });

  it("copies for no other reason, and leaves nothing of a copy that fails", async () => {
    const refused = linkFile(root, "a/b.bin", "c/d.bin", failing("EIO"));
    await expect(refused).rejects.toMatchObject({ code: "EIO" });
    const gone = linkFile(root, "a/gone.bin", "c/d.bin", failing("EMLINK"));
    await expect(gone).rejects.toMatchObject({ code: "ENOENT" });
    expect(await left()).toEqual([]);
  });
});
